import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import type { Subject } from '../../../core/finding.ts';
import { RULES } from '../rules.ts';
import { endpointSubject, type Situation, targetSubject } from './situation.ts';
import { formatThresholdValue, type ThresholdVerdict } from './thresholds.ts';

/** threshold-crossed: a finding for each subject, with all of its thresholds that did not hold. */
export function assessThresholds(situation: Situation): Assessment {
  const assessment = emptyAssessment();
  const bySubject = new Map<string | null, ThresholdVerdict[]>();
  for (const verdict of situation.thresholds) {
    const { endpoint } = verdict.threshold;
    bySubject.set(endpoint, [...(bySubject.get(endpoint) ?? []), verdict]);
  }
  for (const [endpoint, verdicts] of bySubject) {
    const subject: Subject = endpoint === null ? targetSubject(situation) : endpointSubject(endpoint);
    assessment.checked.push({ subject, rule: RULES.thresholdCrossed });
    const crossed = verdicts.filter(({ holds }) => !holds);
    if (crossed.length === 0) continue;
    assessment.findings.push({
      rule: RULES.thresholdCrossed.id,
      severity: RULES.thresholdCrossed.severity,
      confidence: 'proven',
      title: `${subject.name}: ${crossed.map((one) => `${one.threshold.text} is ${formatThresholdValue(one)}`).join(', ')}`,
      subject,
      evidence: verdicts.map((verdict) => ({
        label: verdict.threshold.text,
        value: `${formatThresholdValue(verdict)}${verdict.holds ? '' : ', crossed'}`,
      })),
      fix: {
        summary: RULES.thresholdCrossed.fix,
        steps: crossed.some(({ value }) => value === null)
          ? [
              'Without samples a threshold does not hold: is the endpoint part of the scenario, and its name as the table shows it?',
            ]
          : [],
      },
      check: situation.check,
    });
  }
  return assessment;
}
