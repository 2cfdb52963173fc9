import type { ScenarioInput } from '../../scenario/schema.ts';
import { addPause, fitted, newFit, type ThinkFit } from '../access-log/think-fit.ts';
import type { RecordedExchange } from './exchange.ts';
import { newSecrets, type RecordedStep, sessionSteps } from './session-steps.ts';

type Scenarios = NonNullable<ScenarioInput['scenarios']>;

export interface RecordedScenario {
  document: ScenarioInput;
  sessions: number;
  /** Environment variables that have to be set, by the variable's name. */
  references: readonly string[];
  /** Values that a later request took from an earlier answer. */
  correlated: number;
}

/** A pause below this was none of a person's. */
const LEAST_PAUSE_MS = 10;
/** With fewer, a lognormal would be fitted to noise. */
const ENOUGH_PAUSES = 5;
const MAX_STEPS = 500;

interface Shape {
  steps: RecordedStep[];
  count: number;
  pauses: ThinkFit[];
}

/** Sessions of one shape are one scenario; what differs in them is kept as the first one had it. */
export function recordedScenario(name: string, exchanges: readonly RecordedExchange[]): RecordedScenario {
  const secrets = newSecrets();
  const shapes = new Map<string, Shape>();
  const sessions = byClient(exchanges);
  for (const session of sessions) {
    const steps = sessionSteps(session, secrets);
    const key = steps.map((step) => step.name).join('\n');
    const shape = shapes.get(key) ?? { steps, count: 0, pauses: session.slice(1).map(newFit) };
    shape.count += 1;
    for (const [index, fit] of shape.pauses.entries()) {
      addPause(fit, session[index + 1]!.startMs - session[index]!.endMs);
    }
    shapes.set(key, shape);
  }
  const all = [...shapes.values()].toSorted((a, b) => b.count - a.count);
  const variables = Object.fromEntries(secrets.variables);
  const scenarios: Scenarios = {};
  for (const [index, { steps, count, pauses }] of all.entries()) {
    scenarios[`session-${index + 1}`] = {
      weight: count,
      steps: steps.map((step, position) => ({ ...step, ...thinkAfter(pauses[position]) })),
    };
  }
  return {
    document: { name, ...(secrets.variables.size > 0 ? { variables } : {}), scenarios },
    sessions: sessions.length,
    references: [...secrets.variables.values()].map((reference) =>
      '$env' in reference ? reference.$env : '',
    ),
    correlated: all.reduce(
      (sum, { steps }) => sum + steps.reduce((own, { extract = {} }) => own + Object.keys(extract).length, 0),
      0,
    ),
  };
}

function byClient(exchanges: readonly RecordedExchange[]): RecordedExchange[][] {
  const sessions = new Map<string, RecordedExchange[]>();
  for (const exchange of exchanges.toSorted((a, b) => a.startMs - b.startMs)) {
    const session = sessions.get(exchange.client);
    if (session === undefined) sessions.set(exchange.client, [exchange]);
    else if (session.length < MAX_STEPS) session.push(exchange);
  }
  return [...sessions.values()];
}

function thinkAfter(fit: ThinkFit | undefined): Pick<RecordedStep, 'think'> {
  const pause = fit === undefined ? null : fitted(fit);
  if (fit === undefined || pause === null || pause.medianMs < LEAST_PAUSE_MS) return {};
  const median = `${Math.round(pause.medianMs)}ms`;
  return { think: fit.count < ENOUGH_PAUSES ? median : { median, sigma: Number(pause.sigma.toFixed(3)) } };
}
