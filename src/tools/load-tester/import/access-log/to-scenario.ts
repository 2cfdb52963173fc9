import { draw32 } from '../../../../core/load/draw.ts';
import type { FeederTable } from '../imported.ts';
import { freeName } from '../imported.ts';
import type { ScenarioInput } from '../../scenario/schema.ts';
import { type ChosenShape, chooseShapes, meanSteps } from './choose-shapes.ts';
import type { LogEndpoint, LogSurvey } from './survey.ts';
import { fitted } from './think-fit.ts';

type Scenarios = NonNullable<ScenarioInput['scenarios']>;
type Step = Scenarios[string]['steps'][number];

/** Kinds of sessions; more are hard to read, and weights make up for the rest. */
const MAX_SHAPES = 100;
/** A session that asks for one endpoint more often than this asks for the same things again. */
const MAX_COLUMNS = 4;
const MAX_STAGES = 60;
const LEAST_STAGE_MS = 5_000;
const STARTS_PER_STAGE = 30;
const PURPOSE = 102;

export interface LogScenario {
  scenarios: Scenarios;
  feeders: NonNullable<ScenarioInput['feeders']>;
  tables: Map<string, FeederTable>;
}

/** Sessions with the log's mix, shapes and pauses, arriving at the log's rates. */
export function sessionScenario(survey: LogSurvey): LogScenario & { model: ScenarioInput['model'] } {
  const requests = survey.endpoints.map((endpoint) => endpoint.requests);
  const shapes = chooseShapes(survey.sessions.shapes, requests, MAX_SHAPES);
  const paths = pathFeeders(survey.endpoints, (index) => mostVisits(shapes, index));
  const scenarios: Scenarios = {};
  for (const shape of shapes) {
    const visits = new Map<number, number>();
    const steps = shape.endpoints.map((endpoint, step): Step => {
      const visit = visits.get(endpoint) ?? 0;
      visits.set(endpoint, visit + 1);
      const think = thinkAfter(shape, step);
      return {
        ...stepOf(survey.endpoints[endpoint]!, paths.columnOf(endpoint, visit)),
        ...(think ? { think } : {}),
      };
    });
    scenarios[`session-${Object.keys(scenarios).length + 1}`] = {
      weight: Math.max(1e-6, rounded(shape.weight)),
      steps,
    };
  }
  return {
    scenarios,
    feeders: paths.feeders,
    tables: paths.tables,
    model: arrivals(survey, meanSteps(shapes)),
  };
}

/** Each request a session of its own, for a replay. Scenarios are in the order of the endpoints. */
export function requestScenario(survey: LogSurvey): LogScenario {
  const paths = pathFeeders(survey.endpoints, () => 1);
  const scenarios: Scenarios = {};
  for (const [index, endpoint] of survey.endpoints.entries()) {
    const name = freeName(slugOf(endpoint.name), new Set(Object.keys(scenarios)));
    scenarios[name] = { weight: endpoint.requests, steps: [stepOf(endpoint, paths.columnOf(index, 0))] };
  }
  return { scenarios, feeders: paths.feeders, tables: paths.tables };
}

function stepOf({ name, method, sample }: LogEndpoint, column: string | undefined): Exclude<Step, string> {
  const path = column === undefined ? sample.paths[0]! : `{{${column}|raw}}`;
  return { request: `${method} ${path}`, name };
}

function thinkAfter({ pauses }: ChosenShape, step: number): { median: string; sigma: number } | undefined {
  const fit = pauses[step] === undefined ? null : fitted(pauses[step]);
  if (fit === null) return undefined;
  return { median: `${Math.max(1, rounded(fit.medianMs))}ms`, sigma: rounded(fit.sigma) };
}

function mostVisits(shapes: readonly ChosenShape[], endpoint: number): number {
  let most = 0;
  for (const { endpoints } of shapes) {
    most = Math.max(
      most,
      endpoints.reduce((sum, one) => sum + Number(one === endpoint), 0),
    );
  }
  return most;
}

/** Concrete paths of each endpoint that has several, drawn at random: a column for each time a session visits it. */
function pathFeeders(endpoints: readonly LogEndpoint[], visitsOf: (endpoint: number) => number) {
  const feeders: LogScenario['feeders'] = {};
  const tables = new Map<string, FeederTable>();
  const columns = endpoints.map(({ name, sample }, index): string[] => {
    if (new Set(sample.paths).size < 2) return [];
    const feeder = freeName(slugOf(name), new Set(Object.keys(feeders)));
    const base = `path_${index + 1}`;
    const count = Math.min(MAX_COLUMNS, Math.max(1, visitsOf(index)));
    const fields = Array.from({ length: count }, (_, column) =>
      column === 0 ? base : `${base}_${column + 1}`,
    );
    const orders = fields.map((_, column) => shuffled(sample.paths, index * MAX_COLUMNS + column));
    const file = `${feeder}.csv`;
    feeders[feeder] = { file, order: 'random' };
    tables.set(file, { fields, rows: sample.paths.map((_, row) => orders.map((order) => order[row]!)) });
    return fields;
  });
  return {
    feeders,
    tables,
    columnOf: (endpoint: number, visit: number): string | undefined => {
      const own = columns[endpoint] ?? [];
      return own[visit % Math.max(1, own.length)];
    },
  };
}

/** Columns in orders of their own, so that a session does not ask for the same thing twice by construction. */
function shuffled(paths: readonly string[], number: number): readonly string[] {
  return paths
    .map((path, index) => ({ path, key: draw32(number, index, PURPOSE) }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ path }) => path);
}

/** Straight pieces of constant rate; as many as there are sessions to tell their rates by. */
function arrivals(survey: LogSurvey, steps: number): ScenarioInput['model'] {
  const { window, startsMs, inWindow } = survey;
  const lengthMs = window.toMs - window.fromMs;
  const pieces = Math.max(
    1,
    Math.min(
      MAX_STAGES,
      Math.floor(lengthMs / LEAST_STAGE_MS),
      Math.floor(startsMs.length / STARTS_PER_STAGE),
    ),
  );
  const counts = Array.from({ length: pieces }, () => 0);
  for (const atMs of startsMs) {
    counts[Math.min(pieces - 1, Math.floor(((atMs - window.fromMs) / lengthMs) * pieces))]! += 1;
  }
  // Sessions that began before the window have their requests in it: what counts is that as many requests are made.
  const wanted = inWindow / steps;
  const begun = Math.max(1, startsMs.length);
  const pieceMs = lengthMs / pieces;
  return {
    kind: 'arrivals',
    stages: counts.map((count) => {
      const share = startsMs.length === 0 ? 1 / pieces : count / begun;
      const rate = rounded((share * wanted * 1_000) / pieceMs);
      return { from: rate, to: rate, duration: `${rounded(pieceMs)}ms` };
    }),
  };
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[{}]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-');
}

/** Five digits are more than a log can know, and readable. Never in the form 1e-7. */
function rounded(value: number): number {
  return Number(value.toPrecision(5));
}
