import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ASK_WITHIN_MS = 3_000;

/**
 * How the process of this id was started, its arguments included: ids are given again, so an id alone does not say whose process it is. null where
 * there is none, or the machine does not tell. Blocks while it asks.
 */
export function commandLineOf(pid: number): string | null {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return null;
    }
  }
  const [program, ...rest] =
    process.platform === 'win32'
      ? [
          'powershell',
          '-NoProfile',
          '-NonInteractive',
          '-Command',
          `(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CommandLine`,
        ]
      : ['ps', '-ww', '-o', 'args=', '-p', String(pid)];
  const options = { encoding: 'utf8', timeout: ASK_WITHIN_MS, windowsHide: true } as const;
  const { status, stdout } = spawnSync(program, rest, options);
  return status === 0 ? stdout : null;
}
