import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { expect } from 'vitest';
import { startPostgres } from '../src/platform/postgres/embedded.ts';
import { startDemo } from './start.ts';
import type { RunningDemo } from './types.ts';

export interface Operation {
  security: unknown[];
  parameters: { name: string; in: string; required: boolean; example?: unknown }[];
  responses: Record<string, { content: { 'application/json': { schema: object } } }>;
}
export interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

export interface Answer {
  status: number;
  requestId: string | null;
  /** The Connection field. */
  connection: string | null;
  body: { success: boolean; data: Record<string, unknown>; message: string; errors: unknown[] };
}

/** A small shop without visitors, and what tests ask of it. */
export interface ShopUnderTest {
  demo: RunningDemo;
  document: Document;
  monitorToken: string;
  /** A session of the database's owner. */
  database: Client;
  call(method: string, path: string, options?: { token?: string; body?: unknown }): Promise<Answer>;
  /** A GET by the monitor's account. */
  monitor(path: string): Promise<Answer>;
  durations(answers: readonly Answer[]): Promise<number[]>;
  stop(): Promise<void>;
}

/** On a server of the user's: the way DEMO_DATABASE_URL goes. The tests of the demo's life take the embedded way. */
export async function startShop(): Promise<ShopUnderTest> {
  const server = await startPostgres({ settings: { shared_preload_libraries: 'pg_stat_statements' } });
  const database = new Client({ connectionString: server.url });
  await database.connect();
  const demo = await startDemo({ databaseUrl: server.url, traffic: false, scale: 0.02 });
  await database.query('create extension pg_stat_statements');
  const document = (await (await fetch(demo.openapiUrl)).json()) as Document;
  const monitorToken = await readFile(demo.monitorTokenPath, 'utf8');

  async function call(
    method: string,
    path: string,
    options: { token?: string; body?: unknown } = {},
  ): Promise<Answer> {
    const response = await fetch(demo.url + path, {
      method,
      headers: {
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    return {
      status: response.status,
      requestId: response.headers.get('x-request-id'),
      connection: response.headers.get('connection'),
      body: (await response.json()) as Answer['body'],
    };
  }

  /** How long the shop itself says that the calls took, from its log. */
  async function durations(answers: readonly Answer[]): Promise<number[]> {
    const ids = new Set(answers.map((answer) => answer.requestId));
    const found = async (): Promise<number[]> =>
      (await readFile(demo.logPath, 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { msg: string; reqId: string; durationMs: number })
        .filter((line) => line.msg === 'request' && ids.has(line.reqId))
        .map((line) => line.durationMs);
    // A line is written after its answer.
    await expect.poll(async () => (await found()).length, { timeout: 10_000 }).toBe(answers.length);
    return found();
  }

  return {
    demo,
    document,
    monitorToken,
    database,
    call,
    monitor: (path) => call('GET', path, { token: monitorToken }),
    durations,
    async stop() {
      await demo.stop();
      await database.end();
      await server.stop();
    },
  };
}
