import { z } from 'zod';
import type { HttpTarget } from '../config/targets.ts';
import type { FindingDraft } from '../core/finding.ts';
import type { HttpProbePlan } from '../platform/probe/types.ts';
import type { CommandContext } from '../tools/context.ts';
import { defineCommand, defineTool, type LiveView, type ReportDraft } from '../tools/define.ts';

/** A small tool for the tests of the runtime: it really probes, and it can be asked to misbehave. */

const options = z.strictObject({
  paths: z.array(z.string()).default(['/ok', '/switch']).describe('Paths to probe'),
  key: z.string().optional().describe('Sent as x-api-key'),
});
type Options = z.infer<typeof options>;

const input = z.object({
  target: z.string().optional().describe('Only this target'),
  path: z.string().optional().describe('Only this path'),
});
const data = z.object({ statuses: z.record(z.string(), z.number().nullable()) });

async function probe(ctx: CommandContext<Options>, wanted: z.infer<typeof input>): Promise<ReportDraft> {
  const targets = ctx.targets.filter((target) => target.kind === 'http');
  const plans = targets.flatMap((target) =>
    ctx.options.paths
      .filter((path) => wanted.path === undefined || wanted.path === path)
      .map((path) => planFor(target, path, ctx.options.key)),
  );
  const statuses: Record<string, number | null> = {};
  const request = { plans, samples: 1, maxRatePerSecond: 100, maxConcurrency: 4 };
  for await (const result of ctx.probes.burst(request, ctx.signal)) {
    statuses[result.id] = result.cold.status;
    ctx.store.samples.append([
      {
        series: { metric: 'shop.duration', unit: 'ms', attributes: { endpoint: result.id } },
        samples: [{ atMs: result.startedAtMs, outcome: 'ok', value: result.cold.totalMs, coversMs: 0 }],
      },
    ]);
  }
  const seen = Object.entries(statuses).filter(([, status]) => status !== null);
  const bad = seen.filter(([, status]) => status !== 200);
  return {
    summary: `${bad.length} of ${seen.length} endpoints failed.`,
    findings: bad.map(([path, status]) => findingFor(path, status ?? 0)),
    coverage: {
      checked: seen.map(([name]) => ({ subject: { kind: 'endpoint', name }, rules: ['shop-guard/not-ok'] })),
      notChecked: Object.keys(statuses)
        .filter((path) => statuses[path] === null)
        .map((name) => ({ subject: { kind: 'endpoint', name }, reason: 'it did not answer' })),
    },
    insights: bad.map(([path]) => ({
      priority: 1,
      action: `Look at ${path}`,
      because: 'it fails',
      findings: [],
    })),
    sections: [],
    data: { statuses },
  };
}

function planFor(target: HttpTarget, path: string, key: string | undefined): HttpProbePlan {
  return {
    id: path,
    url: target.baseUrl + path,
    method: 'GET',
    headers: key === undefined ? {} : { 'x-api-key': key },
    kind: 'http',
    httpVersion: '1.1',
    maxRedirects: 0,
    resolver: 'own',
    timeoutMs: 20_000,
    warm: false,
    assertions: [],
    maxBodyBytes: 1_000,
  };
}

function findingFor(path: string, status: number): FindingDraft {
  return {
    rule: 'shop-guard/not-ok',
    severity: path === '/minor' ? 'low' : 'high',
    confidence: 'proven',
    title: `${path} answers ${status}`,
    subject: { kind: 'endpoint', name: path },
    evidence: [{ label: 'status', value: status }],
    fix: { summary: 'Repair it', steps: ['Read the log'] },
    check: { command: 'probe', input: { path } },
  };
}

function empty(summary: string): ReportDraft {
  return {
    summary,
    findings: [],
    coverage: { checked: [], notChecked: [] },
    sections: [],
    data: { statuses: {} },
  };
}

function simple(
  summary: string,
  run: (
    ctx: CommandContext<Options>,
    wanted: z.infer<typeof input>,
  ) => Promise<ReportDraft> | AsyncGenerator<LiveView, ReportDraft, void>,
) {
  return defineCommand({ summary, input, data, effect: 'read', examples: [], run });
}

async function* live(ctx: CommandContext<Options>): AsyncGenerator<LiveView, ReportDraft, void> {
  for (let tick = 1; !ctx.signal.aborted; tick += 1) {
    yield {
      sections: () => [{ kind: 'text', text: `tick ${tick} with ${ctx.options.key ?? 'no key'}` }],
      changes: [{ atMs: ctx.clock.wallMs(), text: `key ${ctx.options.key ?? ''}`, data: { tick } }],
    };
    await ctx.clock.sleep(5, ctx.signal).catch(() => undefined);
  }
  return probe({ ...ctx, signal: new AbortController().signal }, {});
}

export default defineTool({
  name: 'shop-guard',
  alias: 'shop',
  summary: 'Whether the shop answers',
  whenToUse: 'In tests',
  options,
  rules: [
    {
      id: 'shop-guard/not-ok',
      title: 'An endpoint does not answer 200',
      severity: 'high',
      help: 'It failed.',
      fix: 'Repair it.',
      examples: { reports: '500', silent: '200' },
    },
  ],
  commands: {
    probe: simple('Probe every path once', probe),
    live: simple('Probe when interrupted', live),
    crash: simple('Throw', () => Promise.reject(new Error('boom with hunter2-hunter2'))),
    idle: simple('See nothing', () => Promise.resolve(empty('Nothing was there.'))),
    hang: simple('Wait for the signal', async (ctx) => {
      await ctx.clock.sleep(600_000, ctx.signal);
      return empty('never');
    }),
    flood: simple('Report more than anybody reads', () =>
      Promise.resolve({
        ...empty('A flood.'),
        findings: Array.from({ length: 10_001 }, (_, index) => findingFor(`/${index}`, 500)),
      }),
    ),
    swell: simple('Say more than anybody reads', () =>
      Promise.resolve({
        ...empty('A lot.'),
        findings: [findingFor('/ok', 500)],
        sections: [{ kind: 'text', text: 'x'.repeat(33 * 1_024 * 1_024) }],
      }),
    ),
    die: simple('End the process as a lack of memory would', () => {
      process.kill(process.pid, 'SIGKILL');
      return Promise.resolve(empty('never'));
    }),
    spin: simple('Loop for ever', () => {
      for (;;);
    }),
    leak: simple('Say the secret everywhere', async (ctx, wanted) => {
      const draft = await probe(ctx, wanted);
      const secret = ctx.options.key ?? '';
      ctx.log.info(`key is ${secret}`);
      return {
        ...draft,
        summary: `summary ${secret}`,
        findings: [
          { ...findingFor('/ok', 500), title: secret, evidence: [{ label: secret, value: secret }] },
        ],
        sections: [{ kind: 'text', text: secret }],
        diagnostics: [{ level: 'note', message: secret }],
        next: [secret],
      };
    }),
    wrong: simple('Report a finding without evidence', async (ctx, wanted) => {
      const draft = await probe(ctx, wanted);
      return { ...draft, findings: [{ ...findingFor('/ok', 500), evidence: [] }] };
    }),
  },
  check: 'probe',
});
