import { spawn } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backend, startBackend } from './lib/backend.ts';
import { BINARY, cli, inFolder } from './lib/cli.ts';

/** A tool of a user's own that does what tools should not. */
const LOUD_TOOL = `
import { defineTool, z } from 'rearguard';
console.log('{"jsonrpc":"2.0","id":1,"result":{}} from the module');
const command = (run: never) => ({ summary: 'Misbehave', input: z.object({}), data: z.unknown(), effect: 'read', examples: [], run });
const draft = { summary: 'Done.', findings: [], coverage: { checked: [{ subject: { kind: 'file', name: 'x' }, rules: [] }], notChecked: [] }, sections: [], data: {} };
export default defineTool({
  name: 'loud-tool', alias: 'loud', summary: 'Loud', whenToUse: 'In tests', options: z.object({}), rules: [],
  commands: {
    log: command((async (ctx) => { console.log('noise'); process.stdout.write('more noise\\n'); ctx.log.warn('a warning'); return draft; }) as never),
    crash: command((async () => { console.error('about to fail'); throw new Error('boom'); }) as never),
    hang: command((async (ctx) => { await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve)); return draft; }) as never),
  },
});
`;

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend();
});
afterAll(() => backend.close());

type Answer = { state?: string; runId?: string; status: string; data?: unknown };

/** Id of the run of the tool that hangs, once it has begun. */
async function hanging(client: Client): Promise<string> {
  for (;;) {
    const { data } = await call(client, 'overview', {});
    const run = (data as { runs: { runId: string; state: string }[] }).runs.find(
      ({ state }) => state === 'running',
    );
    if (run !== undefined) return run.runId;
  }
}

function config(): Record<string, string> {
  const targets = { shop: { baseUrl: backend.url } };
  const text = `console.log('the config talks');\nexport default ${JSON.stringify({ targets, plugins: ['./loud.ts'] })};\n`;
  return { 'rearguard.config.mjs': text, 'loud.ts': LOUD_TOOL };
}

async function withClient<T>(
  folder: string,
  body: (client: Client) => Promise<T>,
  { pin, args = [] }: { pin?: string; args?: string[] } = {},
): Promise<T> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [BINARY, 'mcp', ...args],
    cwd: folder,
    stderr: 'ignore',
  });
  const mode = pin === undefined ? ('legacy' as const) : { pin };
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  try {
    await client.connect(transport);
    return await body(client);
  } finally {
    await client.close();
  }
}

async function call(
  client: Client,
  name: string,
  args: Record<string, unknown>,
): Promise<Answer & { text: string; isError: boolean }> {
  const { structuredContent, content, isError } = await client.callTool({ name, arguments: args });
  return { ...(structuredContent as Answer), text: JSON.stringify(content), isError: isError === true };
}

describe('rearguard mcp', () => {
  it('writes nothing but the protocol to stdout, whatever the config and tools write', async () => {
    await inFolder(config(), async (folder) => {
      const meta = { progressToken: 1 };
      const run = (id: number, command: string) => ({
        jsonrpc: '2.0',
        id,
        method: 'tools/call',
        params: { name: 'run', arguments: { action: 'command', tool: 'loud', command }, _meta: meta },
      });
      const lines = await talk(folder, [
        {
          jsonrpc: '2.0',
          id: 1,
          method: 'initialize',
          params: {
            protocolVersion: '2025-11-25',
            capabilities: {},
            clientInfo: { name: 't', version: '1' },
          },
        },
        { jsonrpc: '2.0', method: 'notifications/initialized' },
        { jsonrpc: '2.0', id: 2, method: 'tools/list' },
        run(3, 'log'),
        run(4, 'crash'),
        { jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'overview', arguments: {} } },
      ]);
      const messages = lines.map((line) => JSON.parse(line) as { jsonrpc: string; id?: number });
      expect(messages.every(({ jsonrpc }) => jsonrpc === '2.0')).toBe(true);
      expect(new Set(messages.flatMap(({ id }) => id ?? []))).toEqual(new Set([1, 2, 3, 4, 5]));
      expect(lines.find((line) => line.includes('"id":3,') || line.includes('"id":3}'))).toContain('Done.');
      expect(lines.join('\n')).toContain('boom');
    });
  });

  it('gives a run that takes long its id, and tells how it stands after a restart, until it is cancelled', async () => {
    await inFolder(config(), async (folder) => {
      const id = await withClient(folder, async (client) => {
        const args = { action: 'command', tool: 'loud', command: 'hang' };
        // The client goes away while it waits; what it began goes on.
        void client.callTool({ name: 'run', arguments: args }).catch(() => undefined);
        return hanging(client);
      });
      await withClient(
        folder,
        async (client) => {
          expect(await call(client, 'run_status', { runId: id, waitSeconds: 0 })).toMatchObject({
            state: expect.stringMatching(/queued|running/) as string,
          });
          expect(await call(client, 'run', { action: 'cancel', runId: id })).toMatchObject({
            state: 'cancelled',
          });
          expect(await call(client, 'run_status', { runId: id })).toMatchObject({ state: 'cancelled' });
        },
        { pin: '2026-07-28' },
      );
    });
  });

  it('stops a run whose call is cancelled', async () => {
    await inFolder(config(), async (folder) => {
      await withClient(folder, async (client) => {
        const controller = new AbortController();
        const args = { action: 'command', tool: 'loud', command: 'hang' };
        const cancelled = client
          .callTool({ name: 'run', arguments: args }, { signal: controller.signal })
          .catch(() => 'cancelled');
        const runId = await hanging(client);
        controller.abort();
        expect(await cancelled).toBe('cancelled');
        expect(await call(client, 'run_status', { runId })).toMatchObject({ state: 'cancelled' });
      });
    });
  });

  it('keeps a session only where writing was allowed', async () => {
    await inFolder(config(), async (folder) => {
      const args = { action: 'session-start', title: 'checkout is slow' };
      await withClient(folder, async (client) => {
        await expect(client.callTool({ name: 'workspace_update', arguments: args })).rejects.toThrow(
          /not found/,
        );
      });
      await withClient(
        folder,
        async (client) => {
          expect((await call(client, 'workspace_update', args)).text).toContain('is open');
          expect((await call(client, 'overview', {})).text).toContain('checkout is slow');
        },
        { args: ['--allow-write'] },
      );
    });
  });

  it('has no output format, because stdout belongs to the protocol', async () => {
    await inFolder(config(), async (folder) => {
      expect((await cli(['mcp', '--json'], { cwd: folder, stdin: '' })).code).toBe(2);
      expect(await cli(['mcp'], { cwd: folder, stdin: '' })).toMatchObject({ code: 0, stdout: '' });
    });
  });
});

describe('rearguard mcp --http', () => {
  it('lets in who has the token, on a name of ours and from no foreign page', async () => {
    await inFolder(config(), async (folder) => {
      const server = await startHttp(folder, 'secret-token');
      try {
        const status = (headers: Record<string, string>): Promise<number> => statusOf(server.url, headers);
        const token = { authorization: 'Bearer secret-token' };
        expect(await status({})).toBe(401);
        expect(await status({ authorization: 'Bearer wrong' })).toBe(401);
        expect(await status({ ...token, host: 'evil.example' })).toBe(421);
        expect(await status({ ...token, origin: 'http://evil.example' })).toBe(403);
        for (const mode of ['legacy' as const, { pin: '2026-07-28' }]) {
          const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
          await client.connect(
            new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers: token } }),
          );
          expect((await client.listTools()).tools.length).toBeGreaterThan(5);
          expect((await call(client, 'overview', {})).text).toContain('1 target');
          await client.close();
        }
      } finally {
        await server.stop();
      }
    });
  });
});

/** Sends these messages and returns the lines of stdout once each request was answered. */
function talk(
  folder: string,
  messages: readonly { jsonrpc: string; id?: number; method: string; params?: unknown }[],
): Promise<string[]> {
  const child = spawn(process.execPath, [BINARY, 'mcp'], { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] });
  const wanted = messages.filter(({ id }) => id !== undefined).length;
  return new Promise((resolve, reject) => {
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      if ([...stdout.matchAll(/"id":\d+/g)].length >= wanted) child.stdin.end();
    });
    child.on('error', reject);
    child.on('close', () => resolve(stdout.trim().split('\n')));
    for (const message of messages) child.stdin.write(`${JSON.stringify(message)}\n`);
  });
}

async function startHttp(folder: string, token: string): Promise<{ url: string; stop(): Promise<void> }> {
  await writeFile(path.join(folder, 'ready'), '');
  const child = spawn(process.execPath, [BINARY, 'mcp', '--http'], {
    cwd: folder,
    env: { ...process.env, REARGUARD_MCP_TOKEN: token },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await new Promise<string>((resolve) => {
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
      const found = /MCP at (\S+)/.exec(stderr)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        child.once('close', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function statusOf(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      url,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    outgoing.on('error', reject);
    outgoing.end('{}');
  });
}
