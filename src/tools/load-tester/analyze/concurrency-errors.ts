import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import type { EndpointMeasure, Exemplar, FailureKind } from '../../../core/load/measure.ts';
import { percent } from '../../../core/rounding.ts';
import { fisherRise } from '../../../core/statistics/fisher.ts';
import { RULES } from '../rules.ts';
import { type ConcurrencyCause, causeOf } from './error-causes.ts';
import { countEnded } from './figures.ts';
import { mergeMeasures } from './merge.ts';
import { endpointSubject, type Situation } from './situation.ts';

const ALPHA = 0.001;
const MIN_CALM = 10;
const MIN_FAILURES = 3;
/** Answers that say "not now" under load are what a rate limit is for, and no defect. */
const BY_DESIGN: readonly FailureKind[] = ['status-429', 'redirect-refused'];
const MAX_SAMPLE = 200;

/** errors-under-concurrency: kinds of failure that none of the requests had one at a time. */
export function assessConcurrencyErrors(situation: Situation): Assessment {
  const assessment = emptyAssessment();
  const { calm, record, levels } = situation;
  const load = [record.total, ...levels.filter(({ users }) => users > 1).map(({ whole }) => whole)];
  const names = new Set(load.flatMap(({ endpoints }) => endpoints.map(({ name }) => name)));
  for (const name of names) {
    const alone = calm?.endpoints.find((endpoint) => endpoint.name === name);
    const subject = endpointSubject(name);
    if (alone === undefined || countEnded(alone) < MIN_CALM) {
      assessment.notChecked.push({
        subject,
        rules: [RULES.errorsUnderConcurrency.id],
        reason: 'too few requests were made one at a time to know how it fails without company',
      });
      continue;
    }
    assessment.checked.push({ subject, rule: RULES.errorsUnderConcurrency });
    const together = mergeMeasures(
      name,
      load.flatMap(({ endpoints }) => endpoints.filter((endpoint) => endpoint.name === name)),
    );
    const finding = concurrencyFinding(situation, alone, together);
    if (finding !== null) assessment.findings.push(finding);
  }
  return assessment;
}

function concurrencyFinding(
  situation: Situation,
  alone: EndpointMeasure,
  together: EndpointMeasure,
): FindingDraft | null {
  const [calmTotal, total] = [countEnded(alone), countEnded(together)];
  const kinds = (Object.entries(together.failed) as [FailureKind, number][])
    .filter(
      ([kind, count]) =>
        count >= MIN_FAILURES && !BY_DESIGN.includes(kind) && (alone.failed[kind] ?? 0) === 0,
    )
    .toSorted(([, a], [, b]) => b - a);
  const [first] = kinds;
  if (first === undefined) return null;
  const failures = kinds.reduce((sum, [, count]) => sum + count, 0);
  const exemplars = exemplarsOf(
    situation,
    together.name,
    kinds.map(([kind]) => kind),
  );
  const named = exemplars.flatMap((exemplar) => {
    const cause = causeOf(exemplar.body);
    return cause === null ? [] : [{ exemplar, cause }];
  });
  const pValue = fisherRise({
    beforeHits: 0,
    beforeTotal: calmTotal,
    afterHits: failures,
    afterTotal: total,
  });
  const isProven = pValue < ALPHA;
  const cause: ConcurrencyCause | null = named[0]?.cause ?? null;
  // Without proof by numbers and without a word of the server, it may fail now and then for any reason.
  if (!isProven && cause === null) return null;
  const share = percent(failures / total);
  const what = kinds.map(([kind, count]) => `${count} ${kind}`).join(', ');
  return {
    rule: RULES.errorsUnderConcurrency.id,
    severity: cause === null && first[0] === 'status-4xx' ? 'medium' : RULES.errorsUnderConcurrency.severity,
    confidence: isProven && cause !== null ? 'proven' : 'likely',
    title: `${together.name} fails when requests come side by side: ${what}${cause === null ? '' : `, ${cause.name}`}`,
    subject: endpointSubject(together.name),
    evidence: [
      { label: 'failed side by side', value: `${failures} of ${total}` },
      { label: 'failed one at a time', value: `0 of ${calmTotal}` },
      ...kinds.map(([kind, count]) => ({ label: kind, value: count })),
      ...(named.length > 0 ? named.map(({ exemplar }) => exemplar) : exemplars)
        .slice(0, 2)
        .map(({ body, status }) => ({
          label: status === null ? 'what the server said' : `what the server said with ${status}`,
          value: body === null ? 'nothing' : counted(body.length, 'character'),
          ...(body === null ? {} : { sample: body.slice(0, MAX_SAMPLE) }),
        })),
    ],
    impact: {
      summary: `${share} % of its requests fail under this load`,
      basis: 'measured',
      value: share,
      unit: '%',
    },
    fix: { summary: cause?.fix ?? RULES.errorsUnderConcurrency.fix, steps: cause?.steps ?? [] },
    check: situation.check,
  };
}

function exemplarsOf({ record }: Situation, endpoint: string, kinds: readonly FailureKind[]): Exemplar[] {
  return record.exemplars.filter(
    (exemplar) =>
      exemplar.endpoint === endpoint && exemplar.failure !== null && kinds.includes(exemplar.failure),
  );
}
