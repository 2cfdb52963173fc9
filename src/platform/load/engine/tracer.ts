import { randomBytes } from 'node:crypto';

/** Gives some requests a `traceparent` (W3C Trace Context, level 1), with the flag that asks the server to record it. */
export interface Tracer {
  /** Of 2^32: how many requests are traced. */
  readonly share: number;
  /** First half of all trace ids of this worker, so that they are known as one run's; the second half counts. */
  readonly prefix: string;
  count: number;
  /** State of a xorshift generator (Marsaglia 2003). */
  random: number;
}

export function createTracer(share: number): Tracer {
  const bytes = randomBytes(12);
  return {
    share: share * 2 ** 32,
    prefix: bytes.toString('hex', 0, 8),
    count: 0,
    random: bytes.readUInt32LE(8) | 1,
  };
}

/** For the next request; null: it is not traced. */
export function nextTraceparent(tracer: Tracer): string | null {
  if (tracer.share === 0) return null;
  let { random } = tracer;
  random ^= random << 13;
  random ^= random >>> 17;
  random ^= random << 5;
  tracer.random = random;
  if (random >>> 0 >= tracer.share) return null;
  tracer.count += 1;
  const id = tracer.count.toString(16).padStart(16, '0');
  return `00-${tracer.prefix}${id}-${id}-01`;
}

export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}
