import { expect } from 'vitest';
import { sumOf } from '../test-support/probe.ts';
import { type LocalServer, serveHttp } from '../test-support/servers.ts';
import type { ProbeHop } from './types.ts';

/** The servers of one test; `closeAll` belongs into `afterEach`. */
export interface ProbedServers {
  started: <Server extends Closable>(server: Promise<Server>) => Promise<Server>;
  /** Answers `hello` over HTTP/1.1. */
  hello: () => Promise<LocalServer>;
  closeAll: () => Promise<void>;
}

interface Closable {
  close(): Promise<void>;
}

export function probedServers(): ProbedServers {
  const open: Closable[] = [];
  const started: ProbedServers['started'] = async (server) => {
    const one = await server;
    open.push(one);
    return one;
  };
  return {
    started,
    hello: () => started(serveHttp((_, response) => response.end('hello'))),
    async closeAll() {
      await Promise.all(open.splice(0).map((server) => server.close()));
    },
  };
}

export function expectConsistent(hop: ProbeHop): void {
  expect(sumOf(hop.phases)).toBeCloseTo(hop.totalMs, 6);
  for (const value of Object.values(hop.phases)) expect(value ?? 0).toBeGreaterThanOrEqual(0);
}
