// `npm test`: installs what is missing, then every gate in order, then every test.
// `--gates` stops before the tests, `--suite` runs only them; other arguments go to vitest.
import { bin, build, fail, install, run, seconds } from './lib/project.mjs';

const GATES = [
  { name: 'types', argv: () => [bin('typescript', 'tsc'), '-p', 'tsconfig.json'] },
  { name: 'lint', argv: () => [bin('oxlint', 'oxlint'), '--type-aware'] },
  { name: 'format', argv: () => [bin('oxfmt', 'oxfmt'), '--check'] },
  { name: 'unused code', argv: () => [bin('knip', 'knip')] },
  { name: 'generated files', argv: () => ['dist/scripts/generate.js', '--check'] },
  { name: 'package', argv: () => [bin('publint', 'publint'), '--strict', '--pack', 'false'] },
  { name: 'package content', argv: () => ['scripts/pack-content.mjs'] },
];

const only = new Set(['--gates', '--suite']);
const mode = process.argv.slice(2).find((argument) => only.has(argument));
const vitestArguments = process.argv.slice(2).filter((argument) => !only.has(argument));

/** Runs every gate even when one fails, so that one run tells everything. */
async function runGates() {
  const results = [];
  for (const gate of GATES) {
    process.stdout.write(`\n== ${gate.name}\n`);
    const started = Date.now();
    const code = await run(process.execPath, gate.argv());
    results.push({ name: gate.name, ok: code === 0, took: seconds(started) });
  }
  return results;
}

async function runSuite() {
  process.stdout.write(`\n== tests on Node ${process.versions.node}\n`);
  const started = Date.now();
  const code = await run(process.execPath, [bin('vitest', 'vitest'), 'run', ...vitestArguments]);
  return { name: `tests on Node ${process.versions.node}`, ok: code === 0, took: seconds(started) };
}

try {
  process.stdout.write(`${await install()}\n`);
  process.stdout.write(`${await build()}\n`);
  const results = mode === '--suite' ? [] : await runGates();
  if (mode !== '--gates') results.push(await runSuite());
  process.stdout.write('\n');
  for (const { name, ok, took } of results)
    process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${name} (${took})\n`);
  process.exitCode = results.every((result) => result.ok) ? 0 : 1;
} catch (error) {
  fail(error);
}
