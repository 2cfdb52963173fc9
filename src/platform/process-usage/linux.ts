import { readdir, readFile, readlink } from 'node:fs/promises';
import type { ProcessUsage, UsageReading } from './types.ts';

/** proc(5) counts in USER_HZ, which is 100 on every Linux whatever its kernel's own tick is. */
const MS_PER_TICK = 10;
/** TCP_LISTEN of include/net/tcp_states.h. */
const LISTEN = '0A';
const KIBIBYTE = 1_024;

export const linuxProcessUsage: ProcessUsage = {
  async listeners(port) {
    const inodes = new Set<string>();
    for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
      for (const inode of listeningInodes(await readOr(table, ''), port)) inodes.add(inode);
    }
    if (inodes.size === 0) return [];
    const pids = (await namesIn('/proc')).filter((name) => /^\d+$/.test(name));
    const holds = await Promise.all(pids.map((pid) => holdsSocket(pid, inodes)));
    return pids
      .filter((_, position) => holds[position])
      .map(Number)
      .toSorted((a, b) => a - b);
  },

  async read(pid) {
    const [stat, status, schedule] = await Promise.all([
      readOr(`/proc/${pid}/stat`, null),
      readOr(`/proc/${pid}/status`, null),
      readOr(`/proc/${pid}/schedstat`, null),
    ]);
    return stat === null || status === null ? null : parseUsage(stat, status, schedule);
  },
};

/** Inodes of sockets that listen on the port, of a table as /proc/net/tcp has it. */
export function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === LISTEN && fields[1]?.endsWith(suffix))
    .flatMap((fields) => fields[9] ?? []);
}

/** proc(5): the name in parentheses may hold blanks and parentheses, so fields are counted from the last one on. */
export function parseUsage(stat: string, status: string, schedule: string | null): UsageReading | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [userTicks, systemTicks] = [Number(fields[11]), Number(fields[12])];
  const residentKilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  if (![userTicks, systemTicks, residentKilobytes].every(Number.isFinite)) return null;
  return {
    processorMs: (userTicks + systemTicks) * MS_PER_TICK,
    waitedMs: waitedMs(schedule),
    residentBytes: residentKilobytes * KIBIBYTE,
  };
}

/** Time on a run queue in nanoseconds is the second of three numbers (Documentation/scheduler/sched-stats.rst); 0 0 0 is "not kept". */
function waitedMs(schedule: string | null): number | null {
  const [ran = 0, waited = Number.NaN] = (schedule ?? '').trim().split(' ').map(Number);
  return ran > 0 && Number.isFinite(waited) ? waited / 1e6 : null;
}

async function holdsSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  for (const name of await namesIn(folder)) {
    const inode = /^socket:\[(\d+)\]$/.exec(await linkOr(`${folder}/${name}`, ''))?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}

/** Processes end while they are looked at, and others are not ours to see: neither is an error. */
async function readOr<Default>(path: string, otherwise: Default): Promise<string | Default> {
  return readFile(path, 'utf8').catch(() => otherwise);
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function linkOr(path: string, otherwise: string): Promise<string> {
  return readlink(path).catch(() => otherwise);
}
