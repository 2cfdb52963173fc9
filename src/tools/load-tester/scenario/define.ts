import type { ScenarioInput } from './schema.ts';

/** Types and completes a scenario that is a module; returns its argument. */
export function defineScenario(scenario: ScenarioInput): ScenarioInput {
  return scenario;
}
