import type { Exemplar, FailureKind } from '../../../core/load/measure.ts';

/** Requests worth showing; see Exemplar. Bounded: a few of each endpoint. */
export interface ExemplarShelf {
  readonly endpoints: readonly EndpointShelf[];
}

export interface EndpointShelf {
  /** The slowest that succeeded, in no order; `floorMs` is what a further one must exceed. */
  readonly slowest: Exemplar[];
  floorMs: number;
  readonly failed: Exemplar[];
  /** Of each kind of failure, how many are kept. */
  readonly kept: Partial<Record<FailureKind, number>>;
  readonly room: number;
}

/** Over all workers and endpoints. */
const MAX_OF_RUN = 1_000;
const MAX_SLOWEST = 10;
const MAX_OF_FAILURE_KIND = 2;
const MAX_BODY_CHARS = 500;

export function createShelf(endpoints: number, workers: number): ExemplarShelf {
  const room = Math.max(1, Math.floor(MAX_OF_RUN / workers / Math.max(1, endpoints)));
  return {
    endpoints: Array.from({ length: endpoints }, () => ({
      slowest: [],
      floorMs: 0,
      failed: [],
      kept: {},
      room,
    })),
  };
}

/** Whether it is among the slowest so far: asked for each request, so nothing is made before. */
export function isSlow(shelf: EndpointShelf, responseMs: number): boolean {
  return responseMs > shelf.floorMs;
}

export function keepSlow(shelf: EndpointShelf, exemplar: Exemplar): void {
  const { slowest } = shelf;
  const most = Math.max(1, Math.min(MAX_SLOWEST, shelf.room >> 1));
  if (slowest.length < most) {
    slowest.push(exemplar);
  } else {
    let fastest = 0;
    for (let index = 1; index < slowest.length; index += 1) {
      if (slowest[index]!.responseMs < slowest[fastest]!.responseMs) fastest = index;
    }
    slowest[fastest] = exemplar;
  }
  if (slowest.length === most) {
    shelf.floorMs = slowest.reduce((least, { responseMs }) => Math.min(least, responseMs), Infinity);
  }
}

export function wantsFailure(shelf: EndpointShelf, kind: FailureKind): boolean {
  return (
    (shelf.kept[kind] ?? 0) < MAX_OF_FAILURE_KIND &&
    shelf.failed.length < Math.max(1, shelf.room - MAX_SLOWEST)
  );
}

export function keepFailure(shelf: EndpointShelf, kind: FailureKind, exemplar: Exemplar): void {
  shelf.kept[kind] = (shelf.kept[kind] ?? 0) + 1;
  shelf.failed.push(exemplar);
}

/** The beginning of a body, as text; what is no UTF-8 becomes U+FFFD. */
export function bodyStart(body: Buffer | null): string | null {
  if (body === null || body.length === 0) return null;
  // No character of UTF-8 is longer than four bytes.
  return body.toString('utf8', 0, Math.min(body.length, MAX_BODY_CHARS * 4)).slice(0, MAX_BODY_CHARS);
}

/** Slowest and first failures of all endpoints, the slowest first. */
export function allExemplars({ endpoints }: ExemplarShelf): Exemplar[] {
  return endpoints
    .flatMap(({ slowest, failed }) => [...slowest, ...failed])
    .sort((left, right) => right.responseMs - left.responseMs);
}
