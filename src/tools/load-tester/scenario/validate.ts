import type { SettingProblem } from '../../../config/problems.ts';
import type { ScenarioDocument } from './schema.ts';

/** What a schema cannot see. */
export function scenarioProblems(_document: ScenarioDocument): SettingProblem[] {
  return [];
}
