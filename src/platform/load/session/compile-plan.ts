import { RearguardError } from '../../../core/errors.ts';
import { draw32 } from '../../../core/load/draw.ts';
import { stratifiedDraw } from '../../../core/load/stratified-draw.ts';
import type { LoadPlan, PlannedScenario, PlannedStep } from '../../../core/load/plan.ts';
import { createBodyReader } from './body-reader.ts';
import { compileStep, type StepContext } from './compile-step.ts';
import { cookieStores } from './cookies.ts';
import { planScope, type Scope } from './scope.ts';
import type {
  CompiledPlan,
  CompiledScenario,
  CompiledStep,
  CookieStore,
  Encode,
  SessionState,
} from './types.ts';

/** What random numbers are drawn for; each purpose has numbers of its own. */
const PURPOSE = { scenario: 1, session: 2 } as const;

export interface CompileOptions {
  /** The plan's constants and what the set-up extracted. */
  variables: Readonly<Record<string, string>>;
  /** Epoch milliseconds: for `{{$now}}` and the expiry of cookies. Default Date.now. */
  now?: () => number;
}

/**
 * Everything that can be decided before the run. Values and choices are drawn from (seed, number of the session), so that it does
 * not matter which worker runs it. Throws E_SCENARIO_INVALID with all that is wrong.
 */
export function compilePlan(plan: LoadPlan, encode: Encode, options: CompileOptions): CompiledPlan {
  const now = options.now ?? Date.now;
  const scope = planScope(plan, options.variables);
  const problems: string[] = [];
  const endpoints: string[] = [];
  const shared: Omit<StepContext, 'available' | 'report'> = {
    plan,
    encode,
    scope,
    seed: plan.seed,
    now,
    body: createBodyReader(),
    endpointOf(name) {
      const known = endpoints.indexOf(name);
      return known === -1 ? endpoints.push(name) - 1 : known;
    },
  };
  /** `available` grows by what each step extracts. */
  const compileSteps = (steps: readonly PlannedStep[], available: Set<string>): CompiledStep[] =>
    steps.map((step) => {
      const report = (problem: string): number => problems.push(`${step.name}: ${problem}`);
      const compiled = compileStep(step, { ...shared, available, report });
      for (const { variable } of step.extract) available.add(variable);
      return compiled;
    });

  const ofSetUp = new Set<string>();
  const setUp = compileSteps(plan.setUp, ofSetUp);
  const known = (): Set<string> => new Set([...ofSetUp].filter((name) => !(name in options.variables)));
  const scenarios = plan.scenarios.map((scenario): CompiledScenario => {
    const available = known();
    const begin = compileSteps(scenario.begin, available);
    return { name: scenario.name, begin, steps: compileSteps(scenario.steps, available) };
  });
  const tearDown = compileSteps(plan.tearDown, known());
  if (problems.length > 0) {
    throw new RearguardError('E_SCENARIO_INVALID', { path: plan.name, problems: problems.join('; ') });
  }
  return {
    endpoints,
    scenarios,
    setUp,
    tearDown,
    ...sessionsOf(plan, scenarios, scope, plan.limits.cookies ? cookieStores(now) : null),
  };
}

type Sessions = Pick<CompiledPlan, 'newSession' | 'begin' | 'again' | 'extracted'>;

function sessionsOf(
  plan: LoadPlan,
  scenarios: readonly CompiledScenario[],
  { initial, perRound, setUpSlots }: Scope,
  createStore: (() => CookieStore) | null,
): Sessions {
  const choose = scenarioByWeight(plan.scenarios);
  const areOfOneRound = scenarios.every(({ begin }) => begin.length === 0);
  const none: CompiledScenario = { name: 'none', begin: [], steps: [] };
  return {
    newSession: () => ({
      number: 0,
      iteration: 0,
      scenario: scenarios[0] ?? none,
      position: 0,
      values: [...initial],
      cookies: createStore?.() ?? null,
      random: 0,
      stepRandom: 0,
      sentOrigin: 0,
      sentPath: '/',
    }),
    begin(session, number, scenario = -1, iteration = 0) {
      const chosen = scenario >= 0 ? scenario : choose(stratifiedDraw(plan.seed, number, PURPOSE.scenario));
      session.number = number;
      session.iteration = iteration;
      session.scenario = scenarios[chosen] ?? none;
      session.position = 0;
      session.random = randomOf(plan, session);
      for (let slot = 0; slot < initial.length; slot += 1) session.values[slot] = initial[slot]!;
      session.cookies?.clear();
    },
    again(session) {
      session.iteration += 1;
      session.random = randomOf(plan, session);
      // A few users would not show the weights if each kept to the scenario of its first round; who has logged in does.
      if (areOfOneRound) session.scenario = scenarios[choose(session.random / 2 ** 32)] ?? none;
      session.position = session.scenario.begin.length;
      for (let index = 0; index < perRound.length; index += 1) {
        session.values[perRound[index]!] = initial[perRound[index]!]!;
      }
      // Who has logged in stays so; without a beginning, each round is a new visitor.
      if (session.position === 0) session.cookies?.clear();
    },
    extracted(session) {
      const found = setUpSlots.map(({ name, slot }) => [name, session.values[slot] ?? null] as const);
      return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== null));
    },
  };
}

function randomOf({ seed }: LoadPlan, { number, iteration }: SessionState): number {
  return draw32(seed ^ Math.imul(iteration, 0x9e3779b1), number, PURPOSE.session);
}

/** Index of the scenario for a number in [0, 1). */
function scenarioByWeight(scenarios: readonly PlannedScenario[]): (random: number) => number {
  const total = scenarios.reduce((sum, { weight }) => sum + weight, 0);
  let sum = 0;
  const ends = scenarios.map(({ weight }) => (sum += weight) / total);
  return (random) => {
    let index = 0;
    while (index < ends.length - 1 && random >= ends[index]!) index += 1;
    return index;
  };
}
