import { type Assessment, emptyAssessment, mergeAssessments } from '../../../core/assessment.ts';
import { ruleList, RULES } from '../rules.ts';
import { assessCliff } from './cliff.ts';
import { assessConcurrencyErrors } from './concurrency-errors.ts';
import { assessConnections } from './connections.ts';
import { assessKnee } from './knee.ts';
import { assessMemory } from './memory.ts';
import { assessObjectives } from './objectives.ts';
import { type Situation, targetSubject } from './situation.ts';
import { assessStalls } from './stalls.ts';
import { assessSustained } from './sustained.ts';
import { assessThresholds } from './threshold-findings.ts';
import { isCrossedAnyway, type ThresholdVerdict } from './thresholds.ts';
import { assessUnfair } from './unfair.ts';

/** Every rule over one run. A run that says more of us than of the server says nothing but what we cannot have caused. */
export function assessLoad(situation: Situation): Assessment {
  if (!situation.fitness.isFit) return unfit(situation);
  return mergeAssessments([
    assessThresholds(situation),
    assessObjectives(situation),
    assessSustained(situation),
    assessConcurrencyErrors(situation),
    assessCliff(situation),
    assessKnee(situation),
    assessUnfair(situation),
    assessConnections(situation),
    assessStalls(situation),
    assessMemory(situation),
  ]);
}

/** Only thresholds that lateness cannot have crossed. */
function unfit(situation: Situation): Assessment {
  const certain = certainlyCrossed(situation);
  return mergeAssessments([
    assessThresholds({ ...situation, thresholds: certain }),
    {
      ...emptyAssessment(),
      notChecked: [
        {
          subject: targetSubject(situation),
          rules: ruleList
            .filter((rule) => rule !== RULES.regressionUnderLoad)
            .filter((rule) => rule !== RULES.thresholdCrossed || certain.length === 0)
            .map(({ id }) => id),
          reason: `the generator was the limit: ${situation.fitness.reasons.join('; ')}`,
          hint: 'Ask for less, give it a machine of its own, or close what else keeps this one busy.',
        },
      ],
    },
  ]);
}

/** Thresholds that do not hold, in a run that is fit or whatever made it unfit. A lost worker may be why nothing was measured. */
export function certainlyCrossed({ thresholds, fitness, record }: Situation): ThresholdVerdict[] {
  const crossed = thresholds.filter(({ holds }) => !holds);
  if (fitness.isFit) return crossed;
  return crossed.filter(
    (verdict) =>
      isCrossedAnyway(verdict, record.slices) &&
      (verdict.value !== null || record.stopReason !== 'worker-lost'),
  );
}
