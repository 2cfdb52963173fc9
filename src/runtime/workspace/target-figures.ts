import { z } from 'zod';
import type { ResolvedConfig } from '../../config/types.ts';
import { counted } from '../../core/counted.ts';
import { formatDuration } from '../../core/duration.ts';
import { emptyHistogram, mergeHistograms, quantile } from '../../core/histogram.ts';
import { formatNumber, formatQuantity } from '../../core/quantity.ts';
import type { Report } from '../../core/report.ts';
import type { Store } from '../../store/store.ts';
import type { TargetFigure } from '../../workspace/context/facts.ts';
import { FIGURES_FOR_MS, type MeasuredEndpoint, objectivesOf, uptimeOf } from './figures.ts';

type Measured = TargetFigure['measured'];

/** The goals of the whole backend beside what the store knows of them; without a store nothing was measured. */
export function targetFigures(
  store: Store | null,
  config: Pick<ResolvedConfig, 'tools' | 'maintenance' | 'workspace'>,
  endpoints: readonly MeasuredEndpoint[],
  nowMs: number,
): TargetFigure[] {
  const { p95Ms, availability, windowMs } = objectivesOf(config);
  const { requestsPerSecond, queryMean } = config.workspace.targets;
  const latest = (tool: string, command: string): Report | null => {
    const report = store?.runs.latest(tool, command) ?? null;
    return report !== null && Date.parse(report.startedAt) > nowMs - FIGURES_FOR_MS ? report : null;
  };
  return [
    {
      name: 'Response time',
      goal: `95 % of calls within ${formatQuantity(p95Ms, 'ms')}`,
      measured: responseTime(endpoints, p95Ms),
      measureWith: 'rearguard health status',
    },
    {
      name: 'Throughput',
      goal: `${formatNumber(requestsPerSecond)} requests/s`,
      measured: throughput(latest('load-tester', 'capacity'), requestsPerSecond),
      measureWith: 'rearguard load capacity',
    },
    {
      name: 'Database queries',
      goal: `within ${formatQuantity(queryMean, 'ms')} on average`,
      measured: queries(latest('database-performance-tracker', 'analyze'), queryMean),
      measureWith: 'rearguard db analyze',
    },
    {
      name: 'Uptime',
      goal: `${availability} % of ${formatDuration(windowMs)}`,
      measured:
        store === null
          ? null
          : uptime(uptimeOf(store, config, { fromMs: nowMs - windowMs, toMs: nowMs + 1 }), availability),
      measureWith: 'rearguard serve',
    },
  ];
}

function responseTime(endpoints: readonly MeasuredEndpoint[], limitMs: number): Measured {
  const all = endpoints.map(({ histogram }) => histogram).reduce(mergeHistograms, emptyHistogram());
  const value = quantile(all, 0.95);
  const days = endpoints.map(({ measuredOn }) => measuredOn).toSorted();
  const measuredOn = days.at(-1);
  if (value === null || measuredOn === undefined) return null;
  const slow = endpoints.filter(({ p95Ms, objectiveMs }) => p95Ms !== null && p95Ms > objectiveMs).length;
  const note =
    slow === 0
      ? null
      : `${slow} of ${counted(endpoints.length, 'endpoint')} slower than ${slow === 1 ? 'its' : 'their'} objective`;
  return { value, unit: 'ms', note, isMet: value <= limitMs && slow === 0, measuredOn };
}

const capacitySchema = z.object({
  objective: z.object({ p95Ms: z.number() }),
  steps: z.array(z.object({ goodRequestRate: z.number(), broken: z.array(z.unknown()), unfit: z.unknown() })),
});

/** The highest rate that was held within its objective. */
function throughput(report: Report | null, goal: number): Measured {
  const parsed = capacitySchema.safeParse(report?.data);
  if (report === null || !parsed.success) return null;
  const held = parsed.data.steps.filter(({ broken, unfit }) => broken.length === 0 && unfit === null);
  if (held.length === 0) return null;
  const value = Math.max(...held.map(({ goodRequestRate }) => goodRequestRate));
  const note = `with p95 under ${formatQuantity(parsed.data.objective.p95Ms, 'ms')}`;
  return { value, unit: 'requests/s', note, isMet: value >= goal, measuredOn: report.startedAt.slice(0, 10) };
}

const databasesSchema = z.object({
  databases: z.array(z.object({ statements: z.array(z.object({ calls: z.number(), totalMs: z.number() })) })),
});

/** Over all statements that were counted, each call the same. */
function queries(report: Report | null, limitMs: number): Measured {
  const parsed = databasesSchema.safeParse(report?.data);
  if (report === null || !parsed.success) return null;
  const statements = parsed.data.databases.flatMap((database) => database.statements);
  const calls = statements.reduce((sum, statement) => sum + statement.calls, 0);
  if (calls === 0) return null;
  const value = statements.reduce((sum, statement) => sum + statement.totalMs, 0) / calls;
  return {
    value,
    unit: 'ms',
    note: null,
    isMet: value <= limitMs,
    measuredOn: report.startedAt.slice(0, 10),
  };
}

function uptime(found: ReturnType<typeof uptimeOf>, goal: number): Measured {
  if (found === null) return null;
  const { percent: value, measuredOn } = found;
  return { value, unit: '%', note: null, isMet: value >= goal, measuredOn };
}
