import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import type { Evidence, FindingDraft } from '../../../core/finding.ts';
import { groupBy } from '../../../core/group-by.ts';
import { formatSize } from '../../../core/size.ts';
import { qualifiedName } from '../../_shared/database/catalog.ts';
import { databaseSubject, tableSubject } from '../../_shared/database/subjects.ts';
import type { Advice } from '../advisor/types.ts';
import type { CreateIndex, QueryEffect } from '../recommendation.ts';
import { RULES } from '../rules.ts';
import { type RuleContext, tableNames } from './context.ts';
import { figure, percentOf, rounded } from './figures.ts';

/** Time that an index saves, as part of one core: below the first nobody feels it, above the second everybody does. */
const FELT_LOAD = 0.005;
const HEAVY_LOAD = 0.05;
const MAX_QUERIES = 3;

/** Indexes that the planner would use, a finding for each table. */
export function assessMissingIndexes(advice: Advice, context: RuleContext): Assessment {
  const assessment = emptyAssessment();
  const { target, workload } = context;
  if (advice.stats.complete) {
    for (const name of new Set(workload.queries.flatMap(tableNames))) {
      assessment.checked.push({ subject: tableSubject(target, name), rule: RULES.missingIndex });
    }
  } else {
    assessment.notChecked.push({
      subject: databaseSubject(target),
      rules: [RULES.missingIndex.id],
      reason: 'there was no time to look for indexes for all queries',
      hint: '`rearguard query-optimizer recommendations` takes more time.',
    });
  }
  const byTable = groupBy(advice.creates, ({ index }) =>
    qualifiedName({ schema: index.schema, name: index.table }),
  );
  for (const [table, creates] of byTable) assessment.findings.push(findingFor(table, creates, context));
  return assessment;
}

function findingFor(table: string, creates: readonly CreateIndex[], context: RuleContext): FindingDraft {
  const { target, workload, totalMs, options } = context;
  const gain = creates.reduce((sum, { gainShare }) => sum + gainShare, 0);
  const load = (gain * totalMs) / Math.max(1, workload.toMs - workload.fromMs);
  const effects = helped(creates.flatMap(({ effects }) => effects));
  const slowest = Math.max(0, ...effects.map(({ query }) => query.meanMs));
  const isFelt = load >= FELT_LOAD || slowest >= options.minTime;
  const isHeavy = load >= HEAVY_LOAD || (slowest >= options.minTime && gain >= options.minShare);
  const columns = creates.map(
    ({ index }) => `(${index.keys.map(({ column, expression }) => column ?? expression).join(', ')})`,
  );
  return {
    rule: RULES.missingIndex.id,
    severity: isHeavy ? 'high' : isFelt ? 'medium' : 'info',
    confidence: creates.every(({ proof }) => proof?.verdict === 'proven') ? 'proven' : 'likely',
    title: `An index on ${table} ${columns.join(' and ')} would save ${percentOf(gain)} of the time of all queries`,
    subject: tableSubject(target, table),
    evidence: [
      ...creates.map((create): Evidence => ({
        label: 'index',
        value: `${create.name}, ${formatSize(create.sizeBytes)}`,
      })),
      ...creates.flatMap(({ proof }): Evidence[] =>
        proof === null ? [] : [{ label: 'measured in a copy', value: proof.reason }],
      ),
      { label: 'queries it helps', value: effects.length },
      ...effects.slice(0, MAX_QUERIES).flatMap(evidenceOf),
      {
        label: 'extra work of writers, as share of all',
        value: rounded(100 * creates.reduce((sum, { writeShare }) => sum + writeShare, 0)),
        unit: '%',
      },
    ],
    impact: {
      summary: `By the planner's costs ${counted(effects.length, 'query', 'queries')} would take ${percentOf(gain)} of all time less`,
      basis: 'modelled',
      value: rounded(100 * gain),
      unit: '%',
    },
    fix: {
      summary: RULES.missingIndex.fix,
      steps: [
        'See plans, locks and rollback, and prove it in a copy: rearguard query-optimizer recommendations',
        ...new Set(creates.flatMap(({ notes }) => notes)),
      ],
      patch: creates.map(({ statement }) => statement).join('\n'),
    },
    check: { command: 'analyze', input: { target, rule: 'missing-index', table } },
  };
}

/** One for each query, the largest fall in cost first. */
function helped(effects: readonly QueryEffect[]): QueryEffect[] {
  const better = effects.filter(({ costBefore, costAfter }) => costAfter < costBefore);
  const best = new Map<string, QueryEffect>();
  for (const effect of better) {
    const known = best.get(effect.query.shape.key);
    if (known === undefined || savedBy(effect) > savedBy(known)) best.set(effect.query.shape.key, effect);
  }
  return [...best.values()].toSorted((a, b) => savedBy(b) - savedBy(a));
}

function savedBy({ query, costBefore, costAfter }: QueryEffect): number {
  return query.totalMs * (1 - costAfter / costBefore);
}

function evidenceOf({ query, costBefore, costAfter }: QueryEffect): Evidence[] {
  const [text] = query.texts;
  return [
    {
      label: `${query.shape.label} ${query.shape.key.slice(0, 8)}`,
      value: `${query.calls} calls of ${figure(query.meanMs)} ms; cost ${figure(costBefore)} becomes ${figure(costAfter)}`,
      ...(text === undefined ? {} : { sample: text }),
    },
  ];
}
