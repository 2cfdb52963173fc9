import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who holds the lease of a store. */
export interface Holder {
  host: string;
  /** Linux: process ids mean something only within their namespace, and every container has its own. */
  namespace: string;
  pid: number;
  /** Tells two starts apart that got the same process id. */
  start: string;
}

export function ownHolder(random: () => number): Holder {
  const start = Math.floor(random() * 2 ** 48).toString(16);
  return { host: hostname(), namespace: pidNamespace(), pid: process.pid, start };
}

export function encodeHolder({ host, namespace, pid, start }: Holder): string {
  return JSON.stringify([host, namespace, pid, start]);
}

/** undefined for one that another version wrote. */
export function decodeHolder(text: string): Holder | undefined {
  try {
    const parts: unknown = JSON.parse(text);
    if (!Array.isArray(parts)) return undefined;
    const [host, namespace, pid, start] = parts as unknown[];
    const known =
      typeof host === 'string' &&
      typeof namespace === 'string' &&
      typeof pid === 'number' &&
      typeof start === 'string';
    return known ? { host, namespace, pid, start } : undefined;
  } catch {
    return undefined;
  }
}

/** `gone` only where that is certain: the process of this id, seen from here, is not the holder. */
export function lifeOf(holder: Holder | undefined, self: Holder): 'gone' | 'running' | 'unknown' {
  if (holder === undefined) return 'unknown';
  if (holder.host !== self.host || holder.namespace !== self.namespace) return 'unknown';
  if (holder.pid === self.pid) return holder.start === self.start ? 'running' : 'gone';
  try {
    process.kill(holder.pid, 0);
    return 'running';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? 'gone' : 'running';
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
