import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import type { DependencyGraph } from '../../../core/dependency-graph.ts';
import type { Evidence } from '../../../core/finding.ts';
import { percent } from '../../../core/rounding.ts';
import type { ProbeFacts } from '../../../platform/probe/types.ts';
import { RULES } from '../rules.ts';
import { dependencyFinding, dependencySubject, impactOn, IS_AFFECTED } from './finding.ts';
import type { DependencyMeasure } from './measure.ts';

export interface Quota {
  /** null where only what is left is said. */
  limit: number | null;
  remaining: number;
}

/** Quotas that the answers of HTTP dependencies tell about; no header, no verdict and no finding. */
export function assessQuotas(
  measures: readonly DependencyMeasure[],
  graph: DependencyGraph,
  lowShare: number,
): Assessment {
  const assessment = emptyAssessment();
  for (const measure of measures) {
    const { monitored, limited, facts } = measure;
    const quota = readQuota(facts);
    if (monitored.plan.kind !== 'http' || (limited === 0 && measure.results.length === 0)) continue;
    assessment.checked.push({ subject: dependencySubject(monitored), rule: RULES.quotaLow });
    const share = quota === null || quota.limit === null ? null : quota.remaining / quota.limit;
    if (limited === 0 && (share === null || share >= lowShare)) continue;
    assessment.findings.push(
      dependencyFinding(monitored, RULES.quotaLow, {
        title:
          limited > 0
            ? `${monitored.name} answers 429: its quota is used up`
            : `${monitored.name} has ${percent(share ?? 0)} % of its quota left`,
        evidence: [
          ...(limited > 0 ? [{ label: 'answered 429', value: limited, unit: 'probes' }] : []),
          ...(quota === null
            ? []
            : [
                {
                  label: 'left',
                  value: quota.remaining,
                  ...(quota.limit === null ? {} : { unit: `of ${quota.limit}` }),
                },
              ]),
          ...waits(facts),
        ],
        impact: impactOn(graph, monitored.name, 'refuses more', IS_AFFECTED),
        steps: [
          'See which caller spends the quota, and whether it can cache or batch.',
          "Honour Retry-After; raise Rearguard's own interval for this dependency if probes are a good part of it.",
        ],
      }),
    );
  }
  return assessment;
}

function waits(facts: ProbeFacts): Evidence[] {
  const after = facts['retry-after'];
  return typeof after === 'string' ? [{ label: 'retry-after', value: '', sample: after }] : [];
}

/** Limit and remaining: separate headers, an early draft's list, or the structured fields of the newest draft. */
export function readQuota(facts: ProbeFacts): Quota | null {
  const text = (name: string): string | undefined => {
    const value = facts[name];
    return typeof value === 'string' ? value : undefined;
  };
  for (const prefix of ['ratelimit', 'x-ratelimit', 'x-rate-limit']) {
    const remaining = leadingNumber(text(`${prefix}-remaining`));
    if (remaining !== null) return quotaOf(remaining, leadingNumber(text(`${prefix}-limit`)));
  }
  const combined = text('ratelimit');
  if (combined === undefined) return null;
  const remaining = parameter(combined, 'remaining') ?? parameter(combined, 'r');
  const limit = parameter(combined, 'limit') ?? parameter(text('ratelimit-policy') ?? '', 'q');
  return remaining === null ? null : quotaOf(remaining, limit);
}

function quotaOf(remaining: number, limit: number | null): Quota {
  return { remaining, limit: limit !== null && limit > 0 ? limit : null };
}

function leadingNumber(text: string | undefined): number | null {
  const digits = /^\s*(\d{1,15})/.exec(text ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}

function parameter(text: string, name: string): number | null {
  const digits = new RegExp(`(?:^|[;,\\s])${name}=(\\d{1,15})`).exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}
