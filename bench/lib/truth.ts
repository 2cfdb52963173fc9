import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { workerEntry } from '../../src/platform/worker-entry.ts';

/** One request as the truth server saw it; times are CLOCK_MONOTONIC milliseconds. */
export interface Arrival {
  path: string;
  connection: number;
  atMs: number;
  /** null: never answered. */
  answeredAtMs: number | null;
}

export interface TruthServer {
  url(path: string): string;
  arrivals(): Promise<Arrival[]>;
  stop(): void;
}

export async function startTruthServer(delayMs: number): Promise<TruthServer> {
  const child = fork(fileURLToPath(workerEntry(import.meta.url, './truth-server')), [String(delayMs)]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const url = (path: string): string => `http://127.0.0.1:${port}${path}`;
  return {
    url,
    arrivals: async () => (await (await fetch(url('/log'))).json()) as Arrival[],
    stop: () => {
      child.kill('SIGKILL');
    },
  };
}

/** Arrivals of each path, in time order. */
export function byPath(arrivals: readonly Arrival[]): Map<string, Arrival[]> {
  const groups = new Map<string, Arrival[]>();
  for (const arrival of arrivals) {
    const group = groups.get(arrival.path);
    if (group === undefined) groups.set(arrival.path, [arrival]);
    else group.push(arrival);
  }
  return groups;
}
