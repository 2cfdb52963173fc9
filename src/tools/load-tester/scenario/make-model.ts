import type { LoadModel, LoadStage } from '../../../core/load/plan.ts';
import { parseDuration } from '../../../core/duration.ts';
import { RearguardError } from '../../../core/errors.ts';
import type { ModelSettings } from './model-schema.ts';
import type { LoadRequest } from './plan-request.ts';

const DEFAULT_RATE = 10;
const DEFAULT_USERS = 10;
const DEFAULT_DURATION_MS = 30_000;
const MAX_ITERATIONS_DURATION_MS = 600_000;

/** Recorded times, in milliseconds since the start, ascending, and the scenario of each. */
export interface ReplayTimes {
  atMs: Float64Array;
  scenario: Uint16Array;
}

/** What the command asks for over what the scenario says over 10 sessions a second for 30 s. */
export function makeModel(
  asked: LoadRequest,
  scenario: ModelSettings | undefined,
  times: ReplayTimes | undefined,
): LoadModel {
  if (asked.model !== undefined) return asked.model;
  if (asked.iterations !== undefined) {
    const users = asked.users ?? (scenario?.kind === 'iterations' ? scenario.users : 1);
    const maxDurationMs = asked.durationMs ?? MAX_ITERATIONS_DURATION_MS;
    return { kind: 'iterations', users, iterations: asked.iterations, perUser: false, maxDurationMs };
  }
  if (asked.users !== undefined) {
    // Stages of a flag are of whatever the other flag says; without one, of what the scenario has.
    if (asked.stages !== undefined) return { kind: 'users', stages: asked.stages };
    const durationMs = asked.durationMs ?? durationOf(scenario);
    return { kind: 'users', stages: [{ from: asked.users, to: asked.users, durationMs }] };
  }
  if (asked.ratePerSecond !== undefined) {
    const rate = asked.ratePerSecond;
    const stages = asked.stages ?? [
      { from: rate, to: rate, durationMs: asked.durationMs ?? durationOf(scenario) },
    ];
    return { kind: 'arrivals', stages, spacing: asked.spacing ?? spacingOf(scenario) };
  }
  return withDuration(fromScenario(asked, scenario, times), asked.durationMs);
}

function fromScenario(
  asked: LoadRequest,
  scenario: ModelSettings | undefined,
  times: ReplayTimes | undefined,
): LoadModel {
  switch (scenario?.kind) {
    case 'users': {
      const users = scenario.users ?? DEFAULT_USERS;
      const durationMs = scenario.duration ?? DEFAULT_DURATION_MS;
      const own = scenario.stages && withStarts(scenario.stages);
      return { kind: 'users', stages: asked.stages ?? own ?? [{ from: users, to: users, durationMs }] };
    }
    case 'iterations': {
      const { users, iterations, perUser, maxDuration } = scenario;
      return { kind: 'iterations', users, iterations, perUser, maxDurationMs: maxDuration };
    }
    case 'replay':
      if (times === undefined) throw new TypeError('a replay needs its times');
      return { kind: 'replay', ...times, speed: asked.speed ?? scenario.speed };
    default: {
      const rate = scenario?.rate ?? DEFAULT_RATE;
      const durationMs = scenario?.duration ?? DEFAULT_DURATION_MS;
      const own = scenario?.stages && withStarts(scenario.stages);
      const stages = asked.stages ?? own ?? [{ from: rate, to: rate, durationMs }];
      return {
        kind: 'arrivals',
        stages: faster(stages, asked.speed ?? 1),
        spacing: asked.spacing ?? spacingOf(scenario),
      };
    }
  }
}

/** Twice the speed is twice the rate, for half the time. */
function faster(stages: readonly LoadStage[], speed: number): readonly LoadStage[] {
  if (speed === 1) return stages;
  return stages.map(({ from, to, durationMs }) => ({
    from: from * speed,
    to: to * speed,
    durationMs: durationMs / speed,
  }));
}

function spacingOf(scenario: ModelSettings | undefined): 'even' | 'poisson' {
  return scenario?.kind === 'arrivals' ? scenario.spacing : 'poisson';
}

function durationOf(scenario: ModelSettings | undefined): number {
  if (scenario === undefined || scenario.kind === 'replay') return DEFAULT_DURATION_MS;
  if (scenario.kind === 'iterations') return scenario.maxDuration;
  return scenario.duration ?? (scenario.stages ? totalMs(withStarts(scenario.stages)) : DEFAULT_DURATION_MS);
}

function withStarts(
  stages: readonly { from?: number | undefined; to: number; duration: number }[],
): LoadStage[] {
  let last = 0;
  return stages.map(({ from = last, to, duration }) => {
    last = to;
    return { from, to, durationMs: duration };
  });
}

function totalMs(stages: readonly LoadStage[]): number {
  return stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/** Another duration stretches a constant load; the course of one that changes is kept, and only cut or held at its end. */
function withDuration(model: LoadModel, durationMs: number | undefined): LoadModel {
  if (durationMs === undefined) return model;
  if (model.kind === 'iterations') return { ...model, maxDurationMs: durationMs };
  if (model.kind === 'replay') return cutReplay(model, durationMs);
  const stages: LoadStage[] = [];
  let leftMs = durationMs;
  for (const stage of model.stages) {
    if (leftMs <= 0) break;
    if (stage.durationMs <= leftMs) stages.push(stage);
    else {
      const to = stage.from + ((stage.to - stage.from) * leftMs) / stage.durationMs;
      stages.push({ from: stage.from, to, durationMs: leftMs });
    }
    leftMs -= stage.durationMs;
  }
  const last = stages.at(-1);
  if (last !== undefined && leftMs > 0) stages.push({ from: last.to, to: last.to, durationMs: leftMs });
  return { ...model, stages };
}

function cutReplay(model: Extract<LoadModel, { kind: 'replay' }>, durationMs: number): LoadModel {
  const endMs = durationMs * model.speed;
  let count = model.atMs.findIndex((atMs) => atMs >= endMs);
  if (count < 0) count = model.atMs.length;
  return { ...model, atMs: model.atMs.slice(0, count), scenario: model.scenario.slice(0, count) };
}

/** `30s:50,1m:50,10s:0`: to so many within each time, from where the one before ended (0 at first), or from a beginning of its own: `1m:50..50`. Throws E_USAGE. */
export function parseStages(text: string): LoadStage[] {
  let last = 0;
  return text.split(',').map((part) => {
    const match = /^\s*([^:\s]+)\s*:\s*(?:(\d+(?:\.\d+)?)\s*\.\.\s*)?(\d+(?:\.\d+)?)\s*$/.exec(part);
    const durationMs = parseDuration(match?.[1] ?? '');
    if (!match || durationMs === undefined || durationMs <= 0) {
      throw new RearguardError('E_USAGE', {
        message: `"${part.trim()}" is no stage.`,
        hint: 'Write durations and what is reached at their end: --stages 30s:50,1m:50,10s:0; or where they begin, too: 1m:50..50.',
      });
    }
    const to = Number(match[3]);
    const from = match[2] === undefined ? last : Number(match[2]);
    last = to;
    return { from, to, durationMs };
  });
}
