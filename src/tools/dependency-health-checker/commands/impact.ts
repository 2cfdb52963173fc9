import { z } from 'zod';
import { counted } from '../../../core/counted.ts';
import type { Block, TreeNode } from '../../../core/block.ts';
import { dependencyGraph } from '../../../core/dependency-graph.ts';
import type { SeriesKey } from '../../../core/metric.ts';
import { percent } from '../../../core/rounding.ts';
import type { TimeRange } from '../../../store/store.ts';
import { describeImpact } from '../analyze/finding.ts';
import {
  type CallBucket,
  type EndpointEvidence,
  type ImpactUser,
  type ImpactView,
  impactView,
} from '../analyze/impact.ts';
import { PROBE_DURATION } from '../../_shared/probes/sample.ts';
import { DURATION_METRIC } from '../collect/samples.ts';
import type { CommandContext } from '../../context.ts';
import type { ReportDraft } from '../../define.ts';
import type { DependencyOptions } from '../options.ts';

const HISTORY_MS = 7 * 86_400_000;
const MINUTE_MS = 60_000;

const evidenceSchema = z.object({
  endpoint: z.string(),
  failedWhileDown: z.number().nullable(),
  failedWhileUp: z.number().nullable(),
  callsWhileDown: z.int(),
});
export const impactDataSchema = z.object({
  dependency: z.string(),
  dependencies: z.array(z.object({ name: z.string(), via: z.string(), optional: z.boolean() })),
  users: z.array(
    z.object({
      pattern: z.string(),
      via: z.string(),
      optional: z.boolean(),
      /** Endpoints of the history that the pattern means, with what was measured of them. */
      endpoints: z.array(evidenceSchema),
    }),
  ),
});

/** What would break without it: the config's word, and what history says. Nothing is probed. */
export function impactReport(ctx: CommandContext<DependencyOptions>, name: string): ReportDraft {
  const graph = dependencyGraph(ctx.dependencies);
  const toMs = ctx.clock.wallMs() + 1;
  const range = { fromMs: toMs - HISTORY_MS, toMs };
  const own = ctx.store.samples
    .series(DURATION_METRIC, { dependency: name })
    .flatMap((series) => bucketsOf(ctx, series, range));
  const calls = new Map(
    ctx.store.samples
      .series(PROBE_DURATION, { temperature: 'cold' })
      .map((series) => [series.attributes['endpoint'] ?? '', bucketsOf(ctx, series, range)] as const),
  );
  const view = impactView(graph, name, own, calls);
  const summary = describeImpact(graph.impactOf(name));
  const optional = ctx.dependencies.find((dependency) => dependency.name === name)?.optional ?? false;
  return {
    summary:
      summary === null
        ? `Nobody is named as needing ${name}: say so with dependencies.${name}.neededBy.`
        : `Without ${name}: ${summary}.`,
    findings: [],
    // Nothing was measured, so no rule comes to a verdict.
    coverage: { checked: [{ subject: { kind: 'dependency', name }, rules: [] }], notChecked: [] },
    sections: [tree(view, optional), basis(view, own)],
    data: { dependencies: [], impact: toData(view) },
    next: [`rearguard dependency-health-checker status --dependencies ${name}`],
  };
}

function bucketsOf(
  { store }: CommandContext<DependencyOptions>,
  series: SeriesKey,
  range: TimeRange,
): CallBucket[] {
  return store.samples.buckets(series, range, MINUTE_MS);
}

function toData(view: ImpactView): z.infer<typeof impactDataSchema> {
  return {
    dependency: view.dependency,
    dependencies: view.dependencies.map((one) => ({ ...one })),
    users: view.users.map((user) => ({ ...user, endpoints: user.endpoints.map((one) => ({ ...one })) })),
  };
}

function tree(view: ImpactView, optional: boolean): Block {
  const label = `${view.dependency}${optional ? ' (optional)' : ''} is down`;
  return {
    kind: 'tree',
    title: 'What would break',
    roots: [{ label, tone: 'bad', children: nodesBelow(view.dependency, view, new Set([view.dependency])) }],
  };
}

/** Whoever needs it, then the dependencies that fail with it and whoever needs those. */
function nodesBelow(name: string, view: ImpactView, seen: ReadonlySet<string>): TreeNode[] {
  const users = view.users.filter(({ via }) => via === name).map(userNode);
  const behind = view.dependencies
    .filter((other) => other.via === name && !seen.has(other.name))
    .map((other) => ({
      label: `${other.name} ${other.optional ? 'works, only worse' : 'fails with it'}`,
      tone: other.optional ? ('warn' as const) : ('bad' as const),
      children: nodesBelow(other.name, view, new Set([...seen, other.name])),
    }));
  return [...users, ...behind];
}

function userNode({ pattern, optional, endpoints }: ImpactUser): TreeNode {
  return {
    label: `${pattern} ${optional ? 'works, only worse' : 'fails'}`,
    tone: optional ? 'warn' : 'bad',
    children: endpoints.map((evidence) => ({ label: describe(evidence), tone: 'muted' })),
  };
}

function describe({ endpoint, failedWhileDown, failedWhileUp, callsWhileDown }: EndpointEvidence): string {
  if (failedWhileDown === null) return `${endpoint}: measured, never while it was down`;
  const otherwise = failedWhileUp === null ? '' : `, ${percent(failedWhileUp)} % otherwise`;
  return `${endpoint}: ${percent(failedWhileDown)} % of ${callsWhileDown} calls failed while it was down${otherwise}`;
}

/** What this rests on, so that nobody takes the config's word for a measurement. */
function basis({ users }: ImpactView, own: readonly CallBucket[]): Block {
  const downMinutes = own.filter(({ ok, failed }) => failed > 0 && ok === 0).length;
  const seen = users.flatMap(({ endpoints }) => endpoints).filter((one) => one.failedWhileDown !== null);
  const minutes = counted(own.length, 'minute');
  const text =
    own.length === 0
      ? 'From `neededBy` and `behind` in the config alone: it was not probed in the last 7 days.'
      : downMinutes === 0
        ? `From \`neededBy\` and \`behind\` in the config: in ${minutes} with probes over the last 7 days it was never down, so no measurement speaks for or against it.`
        : seen.length === 0
          ? `From \`neededBy\` and \`behind\` in the config: it was down in ${downMinutes} of ${minutes} with probes over the last 7 days, when no endpoint was measured.`
          : `From \`neededBy\` and \`behind\` in the config, and from calls measured while it was down: in ${downMinutes} of ${minutes} with probes over the last 7 days.`;
  return { kind: 'text', title: 'What stands behind it', text, tone: 'muted' };
}
