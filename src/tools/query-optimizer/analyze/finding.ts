import type { Evidence, FindingDraft, Rule, Subject } from '../../../core/finding.ts';
import { formatDuration } from '../../../core/duration.ts';
import { percentOf } from './figures.ts';
import { querySubject } from '../../_shared/database/subjects.ts';
import type { WorkloadQuery } from '../workload.ts';
import { type RuleContext, shareOf } from './context.ts';

/** What a rule found about a query. */
export interface Found {
  title: string;
  evidence: Evidence[];
  /** In order, complete sentences. */
  steps: string[];
  /** The exact statement, or the query as it should be. */
  patch?: string | null;
  severity?: FindingDraft['severity'];
  confidence?: FindingDraft['confidence'];
  impact?: FindingDraft['impact'];
}

/** What a rule concludes about a query. */
export type Verdict =
  | { kind: 'fine' }
  | { kind: 'unknown'; reason: string; hint?: string }
  | ({ kind: 'found' } & Found);

export const FINE: Verdict = { kind: 'fine' };

export function found(parts: Found): Verdict {
  return { kind: 'found', ...parts };
}

export function subjectOf(query: WorkloadQuery, { target }: Pick<RuleContext, 'target'>): Subject {
  return querySubject(target, query.shape, query.origins);
}

export function queryFinding(
  query: WorkloadQuery,
  context: RuleContext,
  rule: Rule,
  parts: Found,
): FindingDraft {
  const subject = subjectOf(query, context);
  return {
    rule: rule.id,
    severity: parts.severity ?? severityFor(rule, shareOf(query, context)),
    confidence: parts.confidence ?? 'likely',
    title: parts.title,
    subject,
    evidence: [...parts.evidence, ...costEvidence(query, context)],
    impact: parts.impact ?? {
      summary: `It takes ${percentOf(shareOf(query, context))} of the time of all queries`,
      basis: 'measured',
      value: Number((100 * shareOf(query, context)).toFixed(1)),
      unit: '%',
    },
    fix: {
      summary: rule.fix,
      steps: parts.steps,
      ...(parts.patch === undefined || parts.patch === null ? {} : { patch: parts.patch }),
    },
    check: checkOf(query, context, rule),
  };
}

/** What takes most of the time of all queries is urgent, whatever it is. */
const MOST_OF_THE_TIME = 0.5;

function severityFor({ severity }: Rule, share: number): FindingDraft['severity'] {
  return severity === 'medium' && share >= MOST_OF_THE_TIME ? 'high' : severity;
}

/** Runs the same rule for the same query again; the rate says how long a silence proves that it is gone. */
export function checkOf(
  query: WorkloadQuery,
  { target, workload }: Pick<RuleContext, 'target' | 'workload'>,
  rule: Pick<Rule, 'id'>,
): FindingDraft['check'] {
  const minutes = Math.max(1, workload.toMs - workload.fromMs) / 60_000;
  const { label, key } = query.shape;
  return {
    command: 'analyze',
    input: {
      target,
      query: `${label} ${key.slice(0, 8)}`,
      rule: rule.id.split('/').at(-1),
      callsPerMinute: Number((query.calls / minutes).toPrecision(3)),
    },
  };
}

function costEvidence(query: WorkloadQuery, context: RuleContext): Evidence[] {
  const { workload } = context;
  const [text] = query.texts;
  const origins = query.origins.flatMap(({ endpoint, file, application }) => {
    const place = [endpoint ?? application, file].filter(Boolean).join(' in ');
    return place === '' ? [] : [place];
  });
  return [
    {
      label: query.exactness === 'exact' ? 'calls' : 'calls, at least',
      value: query.calls,
    },
    { label: 'mean time', value: Number(query.meanMs.toPrecision(3)), unit: 'ms' },
    {
      label: 'share of the time of all queries',
      value: Number((100 * shareOf(query, context)).toFixed(1)),
      unit: '%',
    },
    { label: 'window', value: formatDuration(workload.toMs - workload.fromMs) },
    ...(origins.length === 0 ? [] : [{ label: 'from', value: '', sample: origins.join('; ') }]),
    ...(text === undefined ? [] : [{ label: 'query', value: '', sample: text }]),
  ];
}
