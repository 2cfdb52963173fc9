import type { Evidence, FindingDraft, Subject } from '../../../../core/finding.ts';
import { ms, percent } from '../../../../core/rounding.ts';
import { RULES } from '../../rules.ts';
import { formatRate } from '../format.ts';
import type { CapacityResult, SearchSettings } from './types.ts';

/**
 * Where the backend's limit is, as a fact worth knowing; it is low when the backend then completes less than before, because such
 * a one does not come out of an overload by itself. null where no limit was reached.
 */
export function capacityFinding(
  { knee, breaking, meets, breaks, steps }: CapacityResult,
  { objective }: SearchSettings,
  subject: Subject,
  check: FindingDraft['check'],
): FindingDraft | null {
  if (knee === null && breaking === null) return null;
  const rule = RULES.saturationKnee;
  const at = knee?.rate ?? breaking?.rate ?? 0;
  const evidence: Evidence[] = [];
  if (meets !== null) {
    evidence.push({
      label: 'highest rate within the objective',
      value: formatRate(meets),
      unit: `sessions/s (p95 under ${ms(objective.p95Ms)} ms, errors under ${percent(objective.errorShare)} %)`,
    });
  }
  if (knee !== null) {
    evidence.push({
      label: 'p95 leaves its floor at',
      value: formatRate(knee.rate),
      unit: `sessions/s (floor ${ms(knee.floorMs)} ms; between the steps at ${knee.between.map(formatRate).join(' and ')})`,
    });
  }
  if (breaking !== null) {
    evidence.push({
      label: 'completes at most',
      value: formatRate(breaking.completedAtMost),
      unit: `sessions/s${breaking.collapses ? ', and less when more is asked for' : ''}`,
    });
  }
  const broken = steps.find((step) => step.rate === breaks && step.broken.length > 0);
  if (broken !== undefined) {
    evidence.push({
      label: `at ${formatRate(broken.rate)} sessions/s`,
      value: broken.broken.join(', '),
      unit: broken.p95Ms === null ? undefined : `(p95 ${ms(broken.p95Ms)} ms)`,
    });
  }
  const collapses = breaking?.collapses === true;
  return {
    rule: rule.id,
    severity: collapses ? 'low' : rule.severity,
    confidence: 'proven',
    title: collapses
      ? `${subject.name} completes less, the more it is asked for beyond ${formatRate(at)} sessions/s`
      : `${subject.name} saturates at ${formatRate(at)} sessions/s`,
    subject,
    evidence,
    fix: {
      summary: rule.fix,
      steps: [
        ...(meets === null ? [] : [`Keep the usual peak at or below ${formatRate(meets * 0.7)} sessions/s.`]),
        'See what is at its limit there: processor, a pool of connections, the database.',
        ...(collapses
          ? [
              'Shed load early with 429 and Retry-After: work on requests that nobody waits for any more is lost.',
            ]
          : []),
      ],
    },
    check,
  };
}
