import type {
  Feeder,
  LoadLimits,
  LoadModel,
  LoadOrigin,
  LoadPlan,
  PlannedScenario,
  PlannedStep,
} from '../../../core/load/plan.ts';
import type { HttpTarget } from '../../../config/targets.ts';
import { buildStep, type StepContext } from './build-steps.ts';
import { liftedText } from './lift-secrets.ts';
import { SECRET_PREFIX } from './plan-hash.ts';
import { fieldNames } from './feeders.ts';
import { namesOf } from './placeholders.ts';
import type { ScenarioDocument } from './schema.ts';
import type { StepSettings } from './step-schema.ts';

export interface PlanParts {
  document: ScenarioDocument;
  name: string;
  target: HttpTarget;
  model: LoadModel;
  seed: number;
  limits: LoadLimits;
  timeoutMs: number;
  tracedShare: number;
  httpVersion: '1.1' | '2';
  feeders: readonly Feeder[];
  /** Of every request to the target. */
  headers: Readonly<Record<string, string>>;
  /** By the name of their variable. */
  secrets: Readonly<Record<string, string>>;
}

/** The plan of a document whose references were lifted. */
export function buildPlan(parts: PlanParts): LoadPlan {
  const { document, target } = parts;
  const base = new URL(target.baseUrl);
  const protocol = parts.httpVersion === '2' ? 'h2' : 'http/1.1';
  const origins: LoadOrigin[] = [
    { url: base.origin, protocol, ...(target.tls ? { tls: tlsOf(target.tls) } : {}) },
  ];
  const context: StepContext = {
    origin: base.origin,
    basePath: base.pathname.replace(/\/+$/, ''),
    headers: parts.headers,
    timeoutMs: document.timeout ?? parts.timeoutMs,
    thinkMs: document.think,
    originIndex(origin) {
      const known = origins.findIndex(({ url }) => url === origin);
      return known >= 0 ? known : origins.push({ url: origin, protocol }) - 1;
    },
  };
  const fixed = new Set([
    ...Object.keys(document.variables),
    ...Object.keys(parts.secrets),
    ...parts.feeders.flatMap(fieldNames),
  ]);
  const setUp = buildSteps(document.setUp, fixed, context);
  return {
    name: parts.name,
    seed: parts.seed,
    model: parts.model,
    origins,
    setUp: setUp.steps,
    scenarios: scenariosOf(document).map(([name, scenario]): PlannedScenario => {
      const begin = buildSteps(scenario.begin, setUp.known, context);
      const { steps } = buildSteps(scenario.steps, begin.known, context);
      return { name, weight: scenario.weight, begin: begin.steps, steps };
    }),
    tearDown: buildSteps(document.tearDown, setUp.known, context).steps,
    variables: variablesOf(document, parts.secrets),
    feeders: parts.feeders,
    limits: parts.limits,
    tracedShare: parts.tracedShare,
  };
}

/**
 * Steps in order, and the names that have a value after them. A header of every request that needs a value of a step (a token of
 * the login) is sent from the request after it on.
 */
function buildSteps(
  settings: readonly StepSettings[],
  before: ReadonlySet<string>,
  context: StepContext,
): { steps: PlannedStep[]; known: ReadonlySet<string> } {
  const known = new Set(before);
  const steps = settings.map((step) => {
    const ready = Object.entries(context.headers).filter(([, value]) =>
      namesOf(value).every((name) => known.has(name)),
    );
    const planned = buildStep(step, { ...context, headers: Object.fromEntries(ready) });
    for (const { variable } of planned.extract) known.add(variable);
    return planned;
  });
  return { steps, known };
}

/** By name; the steps of a document without scenarios are one of the name `all`. */
export function scenariosOf(
  document: Pick<ScenarioDocument, 'scenarios' | 'steps'>,
): [string, NonNullable<ScenarioDocument['scenarios']>[string]][] {
  if (document.scenarios !== undefined) return Object.entries(document.scenarios);
  return [['all', { weight: 1, begin: [], steps: document.steps ?? [] }]];
}

/** A variable that is a secret is another name of one, so that the hash leaves its value out, too. */
function variablesOf(
  document: ScenarioDocument,
  secrets: Readonly<Record<string, string>>,
): Record<string, string> {
  const own = Object.entries(document.variables).map(([name, value]) => [name, liftedText(value)] as const);
  return { ...Object.fromEntries(own.filter(([, text]) => !isSecret(text))), ...secrets };
}

function isSecret(text: string): boolean {
  return text.includes(`{{${SECRET_PREFIX}`);
}

/** `{{password}}` of a variable by reference as `{{secret.…}}`, everywhere. */
export function inlineSecretVariables(document: ScenarioDocument): ScenarioDocument {
  const aliases = new Map(
    Object.entries(document.variables)
      .map(([name, value]) => [name, liftedText(value)] as const)
      .filter(([, text]) => isSecret(text)),
  );
  if (aliases.size === 0) return document;
  const replace = (node: unknown): unknown => {
    if (typeof node === 'string') {
      return node.replaceAll(/\{\{\s*([\w-]+)\s*\}\}/g, (whole, name: string) => aliases.get(name) ?? whole);
    }
    if (Array.isArray(node)) return node.map(replace);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, replace(child)]));
  };
  return replace(document) as ScenarioDocument;
}

function tlsOf({
  ca,
  cert,
  key,
  serverName,
  verify,
}: NonNullable<HttpTarget['tls']>): NonNullable<LoadOrigin['tls']> {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(verify === undefined ? {} : { verify: verify !== 'none' }),
  };
}
