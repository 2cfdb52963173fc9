import { recordLatency } from '../../../core/load/latency-histogram.ts';
import type { Exemplar, FailureKind } from '../../../core/load/measure.ts';
import { redirectTarget, type RedirectTarget } from '../redirect-target.ts';
import type { Exchange, WireResponse } from '../wire/types.ts';
import { type Engine, runMsOf } from './engine.ts';
import { bodyStart, isSlow, keepFailure, keepSlow, wantsFailure } from './exemplars.ts';
import { countStatus, FAILURE_INDEX, recordCensored } from './meters.ts';
import { type Link, settleSlots } from './pool.ts';
import { enter, flushDirty, offerElsewhere, serveWaiting } from './requests.ts';
import { retryAfterMs, serverTimingMs } from './response-fields.ts';
import { traceIdOf } from './tracer.ts';
import type { Visitor } from './visitor.ts';

/** The way of a request back: what came of it is counted, its slot goes on to the next, and its session too. */

export function receiveResponse(
  engine: Engine,
  exchange: Exchange,
  response: WireResponse,
  nowMs: number,
): void {
  const visitor = exchange as Visitor;
  const { link } = visitor;
  if (link === null) return;
  land(engine, visitor, link);
  visitor.bytesIn += response.bodyBytes;
  const { status } = response;
  let failure: FailureKind | null = null;
  if (status >= 300) {
    if (status === 429 || status === 503) noteRetryAfter(engine, response, nowMs);
    if (status < 400 && visitor.step.maxRedirects > 0) {
      const target = whereTo(engine, visitor, response);
      if (target === 'refused') failure = 'redirect-refused';
      else if (target !== null) {
        follow(engine, visitor, link, target, response, nowMs);
        return;
      }
    }
  }
  failure ??= visitor.step.judge(visitor.session, response);
  settle(engine, visitor, failure, response, nowMs);
  goOn(engine, visitor, link, failure, nowMs);
}

/** The request ended without a whole response. */
export function receiveFailure(
  engine: Engine,
  exchange: Exchange,
  kind: FailureKind,
  detail: string,
  nowMs: number,
): void {
  const visitor = exchange as Visitor;
  const { link } = visitor;
  if (link === null) return;
  land(engine, visitor, link);
  if (link.pool.slotsOfOne === 1) link.isEndKnown = true;
  failWith(engine, visitor, kind, detail, nowMs);
  goOn(engine, visitor, link, kind, nowMs);
}

/** One that waited and will not be sent any more, or that was given up: it counts as failed. */
export function failWith(
  engine: Engine,
  visitor: Visitor,
  kind: FailureKind,
  detail: string,
  nowMs: number,
): void {
  settle(engine, visitor, kind, null, nowMs, detail);
}

/** Given up by us at the end of the run: at least as long as it took until now. */
export function cancelRequest(engine: Engine, visitor: Visitor, nowMs: number): void {
  const { link } = visitor;
  if (link !== null) {
    land(engine, visitor, link);
    link.isEndKnown = true;
    link.connection.cancel(visitor);
    settleSlots(link.pool, link, nowMs);
  }
  const meter = engine.meters[visitor.step.endpoint]!;
  meter.cancelled += 1;
  meter.bytesIn += visitor.bytesIn;
  recordCensored(meter, nowMs - visitor.intendedMs - visitor.lagMs);
}

/** The deadline has passed; a step of server-sent events ends well if one has come. */
export function expire(engine: Engine, visitor: Visitor, nowMs: number): void {
  const { link } = visitor;
  if (link === null) return;
  land(engine, visitor, link);
  if (link.pool.slotsOfOne === 1) link.isEndKnown = true;
  link.connection.cancel(visitor);
  const failure = visitor.step.stream !== null && visitor.events > 0 ? null : 'timeout';
  settle(engine, visitor, failure, null, nowMs, `no end within ${visitor.step.timeoutMs} ms`);
  goOn(engine, visitor, link, failure, nowMs);
}

/** Takes the request off its connection. */
export function land(engine: Engine, visitor: Visitor, link: Link): void {
  const { inFlight } = engine;
  const last = inFlight.pop()!;
  if (last !== visitor) {
    inFlight[visitor.flight] = last;
    last.flight = visitor.flight;
  }
  visitor.flight = -1;
  visitor.link = null;
  link.inFlight -= 1;
  link.pool.inFlight -= 1;
}

/** The slot goes to who waits longest, then come arrivals that are due, then the session's own next step. */
function goOn(
  engine: Engine,
  visitor: Visitor,
  link: Link,
  failure: FailureKind | null,
  nowMs: number,
): void {
  const { pool } = link;
  pool.preferred = link;
  settleSlots(pool, link, nowMs);
  serveWaiting(engine, pool, nowMs);
  if (engine.nextDueMs <= nowMs) engine.pump(nowMs);
  engine.stepEnded(visitor, failure, nowMs);
  if (engine.pools.length > 1 && link.inFlight === 0) offerElsewhere(engine, nowMs);
  if (engine.dirty.length > 0) flushDirty(engine);
  pool.preferred = null;
}

function settle(
  engine: Engine,
  visitor: Visitor,
  failure: FailureKind | null,
  response: WireResponse | null,
  nowMs: number,
  detail: string | null = null,
): void {
  const { step, sentMs } = visitor;
  const meter = engine.meters[step.endpoint]!;
  const responseMs = nowMs - visitor.intendedMs - visitor.lagMs;
  recordLatency(meter.response, responseMs);
  meter.bytesIn += visitor.bytesIn;
  if (response !== null) {
    recordLatency(meter.service, nowMs - sentMs);
    recordLatency(meter.firstByte, response.firstByteAtMs - sentMs);
    countStatus(meter, response.status);
    if (visitor.traceparent !== null) {
      const serverMs = serverTimingMs(response.header('server-timing'));
      if (serverMs !== null) recordLatency(meter.serverTiming, serverMs);
    }
  } else if (failure === null) {
    recordLatency(meter.service, nowMs - sentMs);
  }
  const shelf = engine.exemplars.endpoints[step.endpoint]!;
  if (failure === null) {
    meter.succeeded += 1;
    if (isSlow(shelf, responseMs)) keepSlow(shelf, exemplarOf(engine, visitor, null, response, nowMs));
    return;
  }
  meter.failed[FAILURE_INDEX[failure]]! += 1;
  if (wantsFailure(shelf, failure)) {
    const exemplar = exemplarOf(engine, visitor, failure, response, nowMs);
    keepFailure(shelf, failure, { ...exemplar, body: bodyStart(response?.body() ?? null), detail });
  }
}

function exemplarOf(
  engine: Engine,
  visitor: Visitor,
  failure: FailureKind | null,
  response: WireResponse | null,
  nowMs: number,
): Exemplar {
  const { step, intendedMs, lagMs, sentMs, traceparent } = visitor;
  return {
    endpoint: engine.compiled.endpoints[step.endpoint]!,
    atMs: runMsOf(engine, intendedMs),
    responseMs: nowMs - intendedMs - lagMs,
    serviceMs: Number.isNaN(sentMs) ? 0 : nowMs - sentMs,
    status: response?.status ?? null,
    failure,
    traceId: traceparent === null ? null : traceIdOf(traceparent),
    body: null,
    detail: null,
  };
}

/** Where a redirect leads: within the origins of the plan, and not more often than the step allows; else it is refused. */
function whereTo(
  engine: Engine,
  visitor: Visitor,
  response: WireResponse,
): RedirectTarget | 'refused' | null {
  const { sentOrigin: origin, sentPath: path } = visitor.session;
  const location = response.header('location');
  const target = redirectTarget(response.status, location, { origin, path }, engine.originUrls);
  return target !== null && visitor.redirects >= visitor.step.maxRedirects ? 'refused' : target;
}

/** The same step goes on at another address; its time runs on. */
function follow(
  engine: Engine,
  visitor: Visitor,
  link: Link,
  target: RedirectTarget,
  response: WireResponse,
  nowMs: number,
): void {
  const { session, step } = visitor;
  step.takeCookies(session, response);
  visitor.redirects += 1;
  visitor.retries = 0;
  const keepsMethod = target.keepMethod || step.headOnly;
  visitor.request = step.encodeRedirect(session, target.origin, target.path, keepsMethod);
  const { pool } = link;
  pool.preferred = link;
  settleSlots(pool, link, nowMs);
  serveWaiting(engine, pool, nowMs);
  enter(engine, visitor, engine.pools[target.origin]!, nowMs);
  if (engine.dirty.length > 0) flushDirty(engine);
  pool.preferred = null;
}

/** Kept for the next tick: the controller decides, for all workers. */
function noteRetryAfter(engine: Engine, response: WireResponse, nowMs: number): void {
  if (!engine.plan.limits.honourRetryAfter) return;
  const waitMs = retryAfterMs(response.header('retry-after'), performance.timeOrigin + nowMs);
  if (waitMs === null) return;
  engine.askedPauseRunMs = Math.max(engine.askedPauseRunMs, runMsOf(engine, nowMs) + waitMs);
}
