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
import { assessUnfair } from './unfair.ts';

/** Every rule over one run. A run that says more of us than of the server says nothing. */
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

function unfit(situation: Situation): Assessment {
  return {
    ...emptyAssessment(),
    notChecked: [
      {
        subject: targetSubject(situation),
        rules: ruleList.filter(({ id }) => id !== RULES.regressionUnderLoad.id).map(({ id }) => id),
        reason: `the generator was the limit: ${situation.fitness.reasons.join('; ')}`,
        hint: 'Ask for less, give it a machine of its own, or close what else keeps this one busy.',
      },
    ],
  };
}
