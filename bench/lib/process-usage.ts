import { readFileSync } from 'node:fs';

/** What a process takes from the machine, from Linux's /proc; null elsewhere. */
export interface ProcessUsage {
  /** Resident set, all threads. */
  rssMb: number;
  /** Processor time used since the process started, all threads. */
  cpuMs: number;
}

/** USER_HZ, which is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export function readUsage(pid: number): ProcessUsage | null {
  try {
    // Fields after the command name, which may hold spaces: 14 and 15 of proc(5) are utime and stime, in ticks.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const rssKb = Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    return { rssMb: rssKb / 1024, cpuMs: (ticks / TICKS_PER_SECOND) * 1_000 };
  } catch {
    return null;
  }
}

export interface UsageSampler {
  /** Largest memory seen, and the share of one core over the time since `startUsageSampler`. */
  stop(): { maxRssMb: number; cpuShare: number } | null;
}

/** Looks at several processes as one, twice a second. */
export function startUsageSampler(pids: readonly number[]): UsageSampler {
  const startMs = performance.now();
  const first = total(pids);
  let maxRssMb = first?.rssMb ?? 0;
  const timer = setInterval(() => {
    maxRssMb = Math.max(maxRssMb, total(pids)?.rssMb ?? 0);
  }, 500);
  return {
    stop() {
      clearInterval(timer);
      const last = total(pids);
      if (first === null || last === null) return null;
      const cpuShare = (last.cpuMs - first.cpuMs) / (performance.now() - startMs);
      return { maxRssMb: Math.max(maxRssMb, last.rssMb), cpuShare };
    },
  };
}

function total(pids: readonly number[]): ProcessUsage | null {
  const usages = pids.map(readUsage);
  if (usages.length === 0 || usages.includes(null)) return null;
  return {
    rssMb: usages.reduce((sum, usage) => sum + (usage?.rssMb ?? 0), 0),
    cpuMs: usages.reduce((sum, usage) => sum + (usage?.cpuMs ?? 0), 0),
  };
}
