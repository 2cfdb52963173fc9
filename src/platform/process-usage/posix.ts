import type { Processes } from '../processes.ts';
import type { ProcessUsage, UsageReading } from './types.ts';

const TIMEOUT_MS = 2_000;
const KIBIBYTE = 1_024;

/** By lsof and ps, for systems without /proc; a program that is not there is the same as nothing to see. */
export function posixProcessUsage(processes: Processes): ProcessUsage {
  async function output(argv: readonly string[]): Promise<string> {
    const result = await processes.run(argv, { timeoutMs: TIMEOUT_MS }).catch(() => null);
    return result?.exitCode === 0 ? result.stdout : '';
  }
  return {
    async listeners(port) {
      const pids = await output(['lsof', '-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t']);
      return pids
        .split('\n')
        .filter((line) => /^\d+$/.test(line))
        .map(Number)
        .toSorted((a, b) => a - b);
    },
    read: async (pid) => parsePs(await output(['ps', '-o', 'rss=,time=', '-p', String(pid)])),
  };
}

/** Kilobytes and `[[dd-]hh:]mm:ss[.cc]`, as ps(1) of POSIX and of the BSDs writes them. */
export function parsePs(line: string): UsageReading | null {
  const match = /^\s*(\d+)\s+(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+(?:\.\d+)?)\s*$/.exec(line);
  if (!match) return null;
  const [, kilobytes, days = '0', hours = '0', minutes, seconds] = match;
  const wholeMinutes = (Number(days) * 24 + Number(hours)) * 60 + Number(minutes);
  return {
    processorMs: (wholeMinutes * 60 + Number(seconds)) * 1_000,
    waitedMs: null,
    residentBytes: Number(kilobytes) * KIBIBYTE,
  };
}
