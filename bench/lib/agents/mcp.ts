import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { findingFingerprint } from '../../../src/core/finding.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { estimateTokens, MAX_RESULT_TOKENS } from '../../../src/surfaces/mcp/budget.ts';
import { INSTRUCTIONS } from '../../../src/surfaces/mcp/instructions.ts';
import { createRuntimes, type Runtimes } from '../../../src/surfaces/mcp/runtimes.ts';
import { createServer } from '../../../src/surfaces/mcp/server.ts';
import { BUILTIN_TOOLS } from '../../../src/tools/registry.ts';
import { type BenchOptions, type BenchRow, row } from '../bench.ts';

const FINDINGS = 10_000;
const QUICK_FINDINGS = 1_000;
const NOTE = 'bytes / 3: on the high side of what tokenizers count';

/** What the server costs whoever is connected to it, and whether pages of findings are whole while others come and go. */
export async function mcpRows({ quick, log }: BenchOptions): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rearguard-mcp-'));
  await writeFile(
    join(folder, 'rearguard.config.json'),
    JSON.stringify({ targets: { shop: { baseUrl: 'http://127.0.0.1:9' } } }),
  );
  const runtimes = createRuntimes({ cwd: folder, env: {}, workerThreads: false });
  const builtIn = BUILTIN_TOOLS;
  const parts = { version: '0', runtimes, builtIn, allowWrite: true, clock: systemClock };
  const closing: (() => Promise<void>)[] = [];
  const connect = async (mode: 'legacy' | { pin: string }): Promise<Client> => {
    const [near, far] = InMemoryTransport.createLinkedPair();
    const handle = serveStdio(() => createServer(parts), { transport: far });
    const client = new Client({ name: 'bench', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(near);
    closing.push(
      () => client.close(),
      () => handle.close(),
    );
    return client;
  };
  try {
    const [old, recent] = [await connect('legacy'), await connect({ pin: '2026-07-28' })];
    const { tools } = await recent.listTools();
    const list = JSON.stringify(tools);
    const again = JSON.stringify((await (await connect({ pin: '2026-07-28' })).listTools()).tools);
    const total = quick ? QUICK_FINDINGS : FINDINGS;
    log(`paging ${total} findings`);
    const pages = await walk(recent, runtimes, total);
    const same = JSON.stringify(await overviewOf(old)) === JSON.stringify(await overviewOf(recent));
    return [
      row({ name: 'tools listed', value: tools.length, unit: 'tools', goal: { op: '<=', value: 15 } }),
      row({
        name: 'cost of the list',
        value: estimateTokens(list),
        unit: 'tokens',
        goal: { op: '<=', value: 5_000 },
        note: NOTE,
      }),
      row({
        name: 'cost of the instructions',
        value: estimateTokens(INSTRUCTIONS),
        unit: 'tokens',
        goal: { op: '<=', value: 300 },
        note: NOTE,
      }),
      row({
        name: 'bytes that differ when listed twice',
        value: list === again ? 0 : 1,
        unit: 'lists',
        goal: { op: '=', value: 0 },
      }),
      row({
        name: 'answers that differ for a client of 2025',
        value: same ? 0 : 1,
        unit: 'answers',
        goal: { op: '=', value: 0 },
      }),
      row({
        name: 'findings lost over all pages',
        value: pages.lost,
        unit: 'findings',
        goal: { op: '=', value: 0 },
        samples: total,
      }),
      row({
        name: 'findings shown twice',
        value: pages.repeated,
        unit: 'findings',
        goal: { op: '=', value: 0 },
        samples: total,
      }),
      row({
        name: 'largest page',
        value: pages.largest,
        unit: 'tokens',
        goal: { op: '<=', value: MAX_RESULT_TOKENS },
        samples: pages.count,
        note: NOTE,
      }),
    ];
  } finally {
    for (const close of closing) await close();
    await runtimes.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function overviewOf(client: Client): Promise<unknown> {
  return (await client.callTool({ name: 'overview' })).structuredContent;
}

/** Walks all pages while every third of them brings a finding and takes one away. */
async function walk(client: Client, runtimes: Runtimes, total: number) {
  const names = Array.from({ length: total }, (_, index) => `GET /orders/${index}`);
  await fold(runtimes, names, []);
  const gone = new Set<string>();
  const seen: string[] = [];
  let largest = 0;
  let count = 0;
  let cursor: string | undefined;
  do {
    const result = await client.callTool({
      name: 'findings',
      arguments: { limit: 50, ...(cursor === undefined ? {} : { cursor }) },
    });
    const page = result.structuredContent as { findings: { id: string }[]; nextCursor?: string };
    seen.push(...page.findings.map(({ id }) => id));
    largest = Math.max(largest, estimateTokens(JSON.stringify(result)));
    cursor = page.nextCursor;
    if (count % 3 === 0) {
      const name = names[count] ?? '';
      gone.add(idOf(name));
      await fold(runtimes, [`GET /come/${count}`], [name]);
    }
    count += 1;
  } while (cursor !== undefined);
  const shown = new Set(seen);
  const lost = names.map(idOf).filter((id) => !gone.has(id) && !shown.has(id)).length;
  return { lost, repeated: seen.length - shown.size, largest, count };
}

const RULE = 'api-health-monitor/error-rate';
const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

function idOf(name: string): string {
  return `health-${fingerprint(name).slice(0, 8)}`;
}

function fingerprint(name: string): string {
  return findingFingerprint(RULE, { kind: 'endpoint', name });
}

async function fold(
  runtimes: Runtimes,
  found: readonly string[],
  resolved: readonly string[],
): Promise<void> {
  await runtimes.use(async (runtime) => {
    const { clock } = runtime;
    runtime.openStore().findings.apply({
      tool: 'api-health-monitor',
      coverage: {
        checked: resolved.map((name) => ({ subject: { kind: 'endpoint', name }, rules: [RULE] })),
        notChecked: [],
      },
      found: found.map((name, index) => ({
        id: idOf(name),
        fingerprint: fingerprint(name),
        rule: RULE,
        severity: SEVERITIES[index % SEVERITIES.length] ?? 'low',
        confidence: 'likely',
        title: `${name} fails in ${index % 40} of 100 calls. ${'It was slow as well. '.repeat(index % 12)}`,
        subject: { kind: 'endpoint', name },
        evidence: [{ label: 'error rate', value: index % 40, unit: '%' }],
        impact: { summary: 'calls that fail', basis: 'measured', value: index % 40, unit: '%' },
        fix: { summary: 'Repair it', steps: [] },
        verify: {
          argv: ['rearguard', 'verify', idOf(name)],
          check: { tool: 'api-health-monitor', command: 'status', input: {} },
        },
      })),
      nowMs: clock.wallMs(),
    });
    return Promise.resolve();
  });
}
