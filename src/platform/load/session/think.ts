import type { ThinkTime } from '../../../core/load/plan.ts';
import { nextRandom } from './built-ins.ts';
import type { SessionState } from './types.ts';

/** Milliseconds between a step and the next one, drawn from the session's own numbers. */
export function thinkTime(think: ThinkTime | null): (session: SessionState) => number {
  if (think === null) return () => 0;
  switch (think.kind) {
    case 'fixed': {
      const { ms } = think;
      return () => ms;
    }
    case 'uniform': {
      const { fromMs, toMs } = think;
      return (session) => fromMs + (toMs - fromMs) * nextRandom(session);
    }
    case 'exponential': {
      const { meanMs } = think;
      return (session) => -meanMs * Math.log(1 - nextRandom(session));
    }
    case 'lognormal':
    default: {
      const { medianMs, sigma } = think;
      return (session) => medianMs * Math.exp(sigma * nextNormal(session));
    }
  }
}

/** Standard normal (Box-Muller). */
function nextNormal(session: SessionState): number {
  const radius = Math.sqrt(-2 * Math.log(1 - nextRandom(session)));
  return radius * Math.cos(2 * Math.PI * nextRandom(session));
}
