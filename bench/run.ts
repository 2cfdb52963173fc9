import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { missedGoal } from './lib/bench.ts';
import { renderTable } from './lib/table.ts';
import { benchmarks } from './registry.ts';

const USAGE = 'Usage: npm run -s bench -- <name> [--only PART] [--quick] [--data DIR] [--json]';

const FLAGS = {
  json: { type: 'boolean' },
  quick: { type: 'boolean' },
  only: { type: 'string' },
  data: { type: 'string' },
} as const;

/** Exit codes: 0 all goals met, 1 a goal missed, 2 no such benchmark, 3 it could not be run. */
async function main(argv: readonly string[]): Promise<number> {
  const parsed = parsedArguments(argv);
  if (typeof parsed === 'string') return refused(parsed);
  const { values: flags, positionals } = parsed;
  const [name, ...surplus] = positionals;
  if (name === undefined && Object.keys(flags).length === 0) {
    process.stdout.write(`${await listing()}\n`);
    return 0;
  }
  const load = name === undefined || !Object.hasOwn(benchmarks, name) ? undefined : benchmarks[name];
  if (load === undefined) return refused(`No benchmark ${name ?? 'named'}.`);
  if (surplus.length > 0) return refused(`Unexpected ${surplus.join(' ')}.`);

  const { benchmark } = await load();
  const parts = benchmark.parts ?? {};
  const part = flags.only === undefined ? benchmark.run : parts[flags.only];
  if (part === undefined) {
    const known = Object.keys(parts).join(', ') || 'none';
    process.stderr.write(`${benchmark.name} has no part ${flags.only}; its parts: ${known}.\n`);
    return 2;
  }
  const startedAt = new Date();
  const quick = flags.quick === true;
  const rows = await part({
    quick,
    ...(flags.data === undefined ? {} : { data: flags.data }),
    log: (line) => process.stderr.write(`${line}\n`),
  });
  const machine = `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown CPU'}`;
  if (flags.json === true) {
    process.stdout.write(
      `${JSON.stringify({ benchmark: benchmark.name, startedAt: startedAt.toISOString(), machine, quick, rows }, null, 2)}\n`,
    );
  } else {
    const seconds = ((Date.now() - startedAt.getTime()) / 1_000).toFixed(1);
    process.stdout.write(
      `${benchmark.name}: ${benchmark.summary}\n${machine}, ${seconds} s${quick ? ', --quick' : ''}\n\n${renderTable(rows)}\n`,
    );
  }
  return missedGoal(rows) ? 1 : 0;
}

function parsedArguments(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options: FLAGS });
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

async function refused(complaint: string): Promise<number> {
  process.stderr.write(`${complaint}\n\n${await listing()}\n`);
  return 2;
}

async function listing(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(benchmarks).map(
      async ([name, load]) => `  ${name.padEnd(16)} ${(await load()).benchmark.summary}`,
    ),
  );
  return [USAGE, '', ...lines].join('\n');
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
  process.exitCode = 3;
}
