import { endQuietlyWhenReaderLeaves } from './io.ts';
import { runCli } from './run-cli.ts';

/** The process: `bin/rearguard.js` calls it once. */
export async function main(): Promise<void> {
  const { stdin, stdout, stderr, env } = process;
  endQuietlyWhenReaderLeaves(stdout);
  endQuietlyWhenReaderLeaves(stderr);
  process.exitCode = await runCli(process.argv.slice(2), { stdin, stdout, stderr, env, cwd: process.cwd() });
  // Whatever still holds the process (a socket of a backend that hangs) must not hold the terminal.
  setTimeout(() => process.exit(), 1_000).unref();
}
