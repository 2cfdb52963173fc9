import { cpus } from 'node:os';
import { missedGoal } from './lib/bench.ts';
import { renderTable } from './lib/table.ts';
import { benchmarks } from './registry.ts';

const FLAGS = new Set(['--json', '--quick', '--only']);

/** Exit codes: 0 all goals met, 1 a goal missed, 2 no such benchmark, 3 it could not be run. */
async function main(argv: readonly string[]): Promise<number> {
  const flags = argv.filter((argument) => argument.startsWith('-'));
  const [name, ...rest] = argv.filter((argument) => !argument.startsWith('-'));
  const wantsPart = flags.includes('--only');
  const [onlyPart, ...surplus] = wantsPart ? rest : [undefined, ...rest];
  const unknownFlag = flags.find((flag) => !FLAGS.has(flag));
  if (name === undefined && flags.length === 0) {
    process.stdout.write(`${await listing()}\n`);
    return 0;
  }
  const load = name === undefined || !Object.hasOwn(benchmarks, name) ? undefined : benchmarks[name];
  if (load === undefined || unknownFlag !== undefined || surplus.length > 0) {
    const complaint =
      load === undefined
        ? `No benchmark ${name ?? 'named'}.`
        : `Unexpected ${unknownFlag ?? surplus.join(' ')}.`;
    process.stderr.write(`${complaint}\n\n${await listing()}\n`);
    return 2;
  }

  const { benchmark } = await load();
  const parts = benchmark.parts ?? {};
  const part = wantsPart && onlyPart !== undefined ? parts[onlyPart] : benchmark.run;
  if (part === undefined || (wantsPart && onlyPart === undefined)) {
    const known = Object.keys(parts).join(', ') || 'none';
    process.stderr.write(`${benchmark.name} has no part ${onlyPart ?? 'named'}; its parts: ${known}.\n`);
    return 2;
  }
  const startedAt = new Date();
  const quick = flags.includes('--quick');
  const rows = await part({ quick, log: (line) => process.stderr.write(`${line}\n`) });
  const machine = `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown CPU'}`;
  if (flags.includes('--json')) {
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

async function listing(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(benchmarks).map(
      async ([name, load]) => `  ${name.padEnd(16)} ${(await load()).benchmark.summary}`,
    ),
  );
  return ['Usage: npm run -s bench -- <name> [--only PART] [--quick] [--json]', '', ...lines].join('\n');
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
  process.exitCode = 3;
}
