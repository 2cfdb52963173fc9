import type { BackendEvent } from '../../../../core/event.ts';
import { formatDuration } from '../../../../core/duration.ts';
import type { IndexStatistics } from '../../../_shared/database/postgres/indexes.ts';
import type { Settings } from '../../../_shared/database/postgres/settings.ts';
import type { TableStatistics } from '../../../_shared/database/postgres/tables.ts';
import { clock } from '../clock.ts';
import { grown } from '../look.ts';
import { changeAt, type PlanChange, planChanges, type PlanLook } from '../plan-history.ts';
import { autovacuumOf } from '../storage/due.ts';
import { analyzeStatement, lastAnalysed, misjudged } from '../storage/statistics.ts';
import type { Regression } from './regression.ts';

/** The planner is called blind at a step when what it expects is off by this much. */
const BLIND_FACTOR = 100;
/** An event this long before a step can be behind it; one after it cannot. */
const EVENT_BEFORE_MS = 15 * 60_000;
const ROSE = 1.5;

export interface Cause {
  kind: 'plan' | 'statistics' | 'event' | 'rows' | 'spills' | 'cache' | 'growth';
  /** A sentence without a full stop. */
  summary: string;
  /** What mends it, where that is one statement. */
  statement: string | null;
}

/** What is known of the time around a step. */
export interface Surroundings {
  plans: readonly PlanLook[];
  events: readonly BackendEvent[];
  /** Tables as they are now. */
  tables: readonly TableStatistics[];
  settings: Settings | null;
  /** Counters of indexes at the first look after the step, and now; null: not known. */
  indexes: { before: readonly IndexStatistics[]; after: readonly IndexStatistics[] } | null;
  /** Bytes of tables at the first look of the time, by `schema.table`. */
  bytesBefore: ReadonlyMap<string, number>;
  blockBytes: number;
  nowMs: number;
}

export interface Explanation {
  change: PlanChange | null;
  /** The most telling first; empty: nothing is known to have changed. */
  causes: readonly Cause[];
}

export function explainRegression(regression: Regression, around: Surroundings): Explanation {
  const span = { fromMs: regression.stepFromMs, toMs: regression.stepToMs };
  const change = changeAt(planChanges(around.plans), span);
  const plan = change?.after ?? around.plans.at(-1) ?? null;
  return {
    change,
    causes: [
      ...(change === null
        ? []
        : [
            {
              kind: 'plan' as const,
              summary: `its plan changed from ${change.before.hash.slice(0, 8)} to ${change.after.hash.slice(0, 8)}`,
              statement: null,
            },
          ]),
      ...(plan === null ? [] : blindTables(plan, around)),
      ...nearEvents(around.events, regression),
      ...workCauses(regression, change !== null),
      ...(plan === null || change !== null ? [] : grownTables(plan, around)),
    ],
  };
}

/** Tables of the plan about which the planner is wrong, by what was measured since, or by the age of its statistics. */
function blindTables(plan: PlanLook, around: Surroundings): Cause[] {
  const names = new Set(plan.scans.map(({ table }) => table).filter((table) => table !== null));
  return around.tables.flatMap((table): Cause[] => {
    const name = `${table.schema}.${table.name}`;
    if (!names.has(name)) return [];
    const off = worstScan(plan, name, around.indexes);
    const stale = staleness(table, around);
    if (off !== null) {
      const { index, expected, measured } = off;
      const summary = `the planner expects ${expected} rows from each scan of ${index}, and each read ${measured}`;
      return [
        {
          kind: 'statistics',
          summary: [summary, ...(stale === null ? [] : [stale])].join('; '),
          statement: analyzeStatement(table),
        },
      ];
    }
    return stale === null ? [] : [{ kind: 'statistics', summary: stale, statement: analyzeStatement(table) }];
  });
}

/** What the planner expects of an index, against what each of its scans really read since the step. */
function worstScan(
  plan: PlanLook,
  table: string,
  indexes: Surroundings['indexes'],
): { index: string; expected: number; measured: number } | null {
  if (indexes === null) return null;
  const found = plan.scans.flatMap(({ index, estimatedRows }) => {
    const after = indexes.after.find((one) => one.name === index && `${one.schema}.${one.table}` === table);
    if (after === undefined || estimatedRows === null) return [];
    const before = indexes.before.find(({ oid }) => oid === after.oid);
    const scans = grown(before?.scans, after.scans);
    if (scans === 0) return [];
    const measured = Math.round(grown(before?.entriesRead, after.entriesRead) / scans);
    const expected = Math.max(1, Math.round(estimatedRows));
    const factor = Math.max(measured, 1) / expected;
    return [{ index: after.name, expected, measured, factor: Math.max(factor, 1 / factor) }];
  });
  const [worst] = found.toSorted((a, b) => b.factor - a.factor);
  return worst !== undefined && worst.factor >= BLIND_FACTOR ? worst : null;
}

function staleness(table: TableStatistics, { settings, nowMs, blockBytes }: Surroundings): string | null {
  const changed = table.modifiedSinceAnalyze;
  const trigger = autovacuumOf(table, settings ?? new Map()).analyzeTrigger;
  const off = misjudged(table, blockBytes) ?? 1;
  if (changed <= trigger || (changed < 0.5 * table.liveRows && off < BLIND_FACTOR)) return null;
  const lastMs = lastAnalysed(table);
  const since =
    lastMs === null
      ? 'since the counters began'
      : `since it was last analysed ${formatDuration(nowMs - lastMs)} ago`;
  return `${table.schema}.${table.name} changed by ${changed} of ${table.liveRows} rows ${since}`;
}

function nearEvents(events: readonly BackendEvent[], { stepFromMs, stepToMs }: Regression): Cause[] {
  const kinds: ReadonlySet<BackendEvent['kind']> = new Set([
    'deploy',
    'migration',
    'config-change',
    'restart',
  ]);
  return events
    .filter(({ kind, atMs }) => kinds.has(kind) && atMs >= stepFromMs - EVENT_BEFORE_MS && atMs <= stepToMs)
    .toSorted((a, b) => b.atMs - a.atMs)
    .map(({ kind, title, atMs }) => ({
      kind: 'event',
      summary: `${kind} at ${clock(atMs)}: ${title}`,
      statement: null,
    }));
}

/** What one call does more of than before. */
function workCauses({ before, after }: Regression, hasNewPlan: boolean): Cause[] {
  const times = (of: 'rows' | 'pages' | 'pagesRead' | 'tempPages'): number =>
    after[of] / Math.max(before[of], 1e-9);
  const causes: Cause[] = [];
  if (after.rows >= 1 && times('rows') >= ROSE) {
    causes.push({
      kind: 'rows',
      summary: `each call returns ${short(after.rows)} rows instead of ${short(before.rows)}`,
      statement: null,
    });
  }
  if (after.tempPages >= 1 && times('tempPages') >= ROSE) {
    causes.push({
      kind: 'spills',
      summary: `each call writes ${short(after.tempPages)} pages of temporary files instead of ${short(before.tempPages)}`,
      statement: null,
    });
  }
  if (after.pagesRead >= 10 && times('pagesRead') >= 2) {
    causes.push({
      kind: 'cache',
      summary: `each call reads ${short(after.pagesRead)} pages from outside the cache instead of ${short(before.pagesRead)}`,
      statement: null,
    });
  }
  if (!hasNewPlan && times('pages') >= ROSE) {
    causes.push({
      kind: 'growth',
      summary: `each call touches ${short(after.pages)} pages instead of ${short(before.pages)}`,
      statement: null,
    });
  }
  return causes;
}

function grownTables(plan: PlanLook, { tables, bytesBefore }: Surroundings): Cause[] {
  const names = new Set(plan.scans.map(({ table }) => table));
  return tables.flatMap((table): Cause[] => {
    const name = `${table.schema}.${table.name}`;
    const before = bytesBefore.get(name);
    if (!names.has(name) || before === undefined || table.totalBytes === null) return [];
    const factor = table.totalBytes / Math.max(1, before);
    if (factor < ROSE) return [];
    return [{ kind: 'growth', summary: `${name} grew ${factor.toFixed(1)}-fold`, statement: null }];
  });
}

function short(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}
