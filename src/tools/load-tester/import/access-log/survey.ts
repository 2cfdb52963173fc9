import { addPath, newSample, type PathSample } from './path-samples.ts';
import { busiestWindow, rateCurve } from './rate-curve.ts';
import { assertUsable, type LogContext, type LogTally, newTally, readLog, spread } from './read-log.ts';
import { type Sessions, sessionsOf } from './sessions.ts';
import { pathTemplates } from './templates.ts';

/** More than a router has; what comes after is left out and counted. */
const MAX_ENDPOINTS = 500;
const MAX_CACHED_PATHS = 50_000;
const MAX_REPLAYED = 5_000_000;

export interface LogEndpoint {
  /** `GET /api/products/{id}` */
  name: string;
  method: string;
  requests: number;
  sample: PathSample;
}

/** What a log says about its usage. */
export interface LogSurvey {
  tally: LogTally;
  endpoints: LogEndpoint[];
  /** Requests of endpoints beyond the largest number of them. */
  beyond: number;
  sessions: ReturnType<Sessions['end']>;
  /** What the load is made of: epoch milliseconds. */
  window: { fromMs: number; toMs: number };
  /** The whole log. */
  spanMs: number;
  /** Starts of sessions in the window. */
  startsMs: Float64Array;
  /** Requests in the window; with their times and endpoints when a replay was asked for, in their order. */
  inWindow: number;
  atMs: Float64Array;
  endpointOf: Uint16Array;
}

/** Reads the log twice: what its paths have in common must be known before anything can be counted by it. */
export async function surveyLog(
  ctx: LogContext,
  path: string,
  options: { windowMs: number; replay: boolean },
): Promise<LogSurvey> {
  const first = await firstLook(ctx, path);
  const { fromMs, counts, widthMs } = first.bins;
  const spanMs = counts.length * widthMs;
  const window = busiestWindow({ fromMs, counts, widthMs }, options.windowMs);
  const endpoints: LogEndpoint[] = [];
  const byKey = new Map<string, number>();
  const cached = new Map<string, number>();
  const starts: number[] = [];
  const times: number[] = [];
  const kinds: number[] = [];
  const sessions = sessionsOf({
    coarse: first.coarse,
    onStart(atMs) {
      if (atMs >= window.fromMs && atMs < window.toMs) starts.push(atMs);
    },
  });
  let beyond = 0;
  let inWindow = 0;

  function endpointAt(method: string, wholePath: string): number {
    const query = wholePath.indexOf('?');
    const bare = `${method} ${query < 0 ? wholePath : wholePath.slice(0, query)}`;
    const known = cached.get(bare);
    if (known !== undefined) return known;
    const name = `${method} ${first.templates.templateOf(wholePath)}`;
    let index = byKey.get(name);
    if (index === undefined) {
      if (endpoints.length >= MAX_ENDPOINTS) return -1;
      index = endpoints.push({ name, method, requests: 0, sample: newSample() }) - 1;
      byKey.set(name, index);
    }
    if (cached.size >= MAX_CACHED_PATHS) cached.clear();
    cached.set(bare, index);
    return index;
  }

  const tally = newTally();
  await readLog(ctx, path, tally, 'telling sessions apart', ({ entry, number }) => {
    const index = endpointAt(entry.method, entry.path);
    if (index < 0) {
      beyond += 1;
      return;
    }
    const endpoint = endpoints[index]!;
    endpoint.requests += 1;
    addPath(endpoint.sample, entry.path, number);
    const startMs = first.coarse ? spread(entry.startMs, number) : entry.startMs;
    sessions.add(entry.client, index, startMs, startMs + (entry.durationMs ?? 0));
    if (startMs < window.fromMs || startMs >= window.toMs) return;
    inWindow += 1;
    if (!options.replay || times.length >= MAX_REPLAYED) return;
    times.push(startMs);
    kinds.push(index);
  });
  return {
    tally,
    endpoints,
    beyond,
    sessions: sessions.end(),
    window,
    spanMs,
    startsMs: Float64Array.from(starts),
    inWindow,
    ...inOrder(times, kinds),
  };
}

async function firstLook(ctx: LogContext, path: string) {
  const templates = pathTemplates();
  const curve = rateCurve();
  const tally = newTally();
  let coarse = true;
  await readLog(ctx, path, tally, 'reading the log', ({ entry }) => {
    templates.learn(entry.path);
    curve.add(entry.startMs);
    const loggedMs = entry.startMs + (entry.durationMs ?? 0);
    if (Math.abs(loggedMs - Math.round(loggedMs / 1_000) * 1_000) > 0.01) coarse = false;
  });
  assertUsable(path, tally);
  return { templates, bins: curve.bins(), coarse };
}

/** A log is in the order in which requests ended. */
function inOrder(times: readonly number[], kinds: readonly number[]): Pick<LogSurvey, 'atMs' | 'endpointOf'> {
  const order = Uint32Array.from(times.keys()).sort((a, b) => times[a]! - times[b]!);
  return {
    atMs: Float64Array.from(order, (index) => times[index]!),
    endpointOf: Uint16Array.from(order, (index) => kinds[index]!),
  };
}
