import { draw, draw32 } from '../../../core/load/draw.ts';
import type { LoadPlan, PlannedScenario, PlannedStep } from '../../../core/load/plan.ts';
import { compileStep, type StepContext } from './compile-step.ts';
import type { CompiledPlan, CompiledScenario, CompiledStep, Encode, SessionState } from './types.ts';

/** What random numbers are drawn for; each purpose has numbers of its own. */
const PURPOSE = { scenario: 1, session: 2 } as const;

export interface CompileOptions {
  /** The plan's constants and what the set-up extracted. */
  variables: Readonly<Record<string, string>>;
}

/** Everything that can be decided before the run. Throws E_SCENARIO_INVALID. */
export function compilePlan(plan: LoadPlan, encode: Encode, _options: CompileOptions): CompiledPlan {
  const endpoints: string[] = [];
  const context: StepContext = {
    encode,
    endpointOf(name) {
      const known = endpoints.indexOf(name);
      return known === -1 ? endpoints.push(name) - 1 : known;
    },
  };
  const compileSteps = (steps: readonly PlannedStep[]): CompiledStep[] =>
    steps.map((step) => compileStep(step, context));
  const scenarios = plan.scenarios.map((scenario): CompiledScenario => ({
    name: scenario.name,
    begin: compileSteps(scenario.begin),
    steps: compileSteps(scenario.steps),
  }));
  const choose = scenarioByWeight(plan.scenarios);
  return {
    endpoints,
    scenarios,
    setUp: compileSteps(plan.setUp),
    tearDown: compileSteps(plan.tearDown),
    newSession: () => newSession(scenarios[0] ?? { name: 'none', begin: [], steps: [] }),
    begin(session, number, scenario = -1) {
      session.number = number;
      session.iteration = 0;
      const chosen = scenario >= 0 ? scenario : choose(draw(plan.seed, number, PURPOSE.scenario));
      session.scenario = scenarios[chosen]!;
      session.position = 0;
      session.random = draw32(plan.seed, number, PURPOSE.session);
    },
    again(session) {
      session.iteration += 1;
      session.position = session.scenario.begin.length;
    },
    extracted: () => ({}),
  };
}

function newSession(scenario: CompiledScenario): SessionState {
  return {
    number: 0,
    iteration: 0,
    scenario,
    position: 0,
    values: [],
    cookies: null,
    random: 0,
    stepRandom: 0,
    sentOrigin: 0,
    sentPath: '/',
  };
}

/** Index of the scenario for a number in [0, 1). */
function scenarioByWeight(scenarios: readonly PlannedScenario[]): (random: number) => number {
  const total = scenarios.reduce((sum, { weight }) => sum + weight, 0);
  let sum = 0;
  const ends = scenarios.map(({ weight }) => (sum += weight) / total);
  return (random) => {
    const index = ends.findIndex((end) => random < end);
    return index === -1 ? ends.length - 1 : index;
  };
}
