import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BINARY = fileURLToPath(new URL('../../../bin/rearguard.js', import.meta.url));
const MAX_OUTPUT_BYTES = 64_000_000;

/** The program as a user runs it, or behind another one (`taskset`); a non-zero exit code is a result, not an error. */
export function runCli(
  argv: readonly string[],
  cwd: string,
  behind: readonly string[] = [],
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const [program = process.execPath, ...rest] = [...behind, process.execPath, BINARY, ...argv];
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      rest,
      { cwd, maxBuffer: MAX_OUTPUT_BYTES, env: { ...process.env, NO_COLOR: '1' } },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') return reject(error);
        resolve({ exitCode: child.exitCode ?? 0, stdout, stderr });
      },
    );
  });
}
