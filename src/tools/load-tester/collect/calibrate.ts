import { RearguardError } from '../../../core/errors.ts';
import { sumOf, spanMs } from '../analyze/merge.ts';
import type { DrivenPlan } from './drive.ts';
import { sustain, type SustainWorld } from './sustain.ts';

export interface Calibration {
  /** Sessions a second that so few users got answered, and how many users that were. */
  rate: number;
  users: number;
}

/** Of what so few users get: the backend has room, so what changes is its own speed and no queue. */
const CALM_USERS = 4;
const CALM_SHARE = 0.5;
/** More a second tell nothing more, and would load this machine. */
const MOST_CALM_RATE = 500;
const LEAST_CALM_RATE = 2;

const LEAD_MS = 600;
const WINDOW_MS = 1_400;

/**
 * What a few users, each waiting for its answers, get out of the backend: gentle on any server, and the scale of its capacity. It
 * warms the server up as well. Throws E_NOTHING_TO_CHECK when no session came to its end.
 */
export async function calibrate(
  ctx: SustainWorld,
  made: DrivenPlan,
  { users, signal, confirmed }: { users: number; signal: AbortSignal; confirmed: readonly string[] },
): Promise<Calibration> {
  const { window } = await sustain(ctx, made, {
    load: { users },
    leadMs: LEAD_MS,
    windowMs: WINDOW_MS,
    signal,
    confirmed,
  });
  signal.throwIfAborted();
  const seconds = sumOf(window, spanMs) / 1_000;
  const ended = sumOf(window, ({ sessions }) => sessions.ended);
  if (seconds === 0 || ended === 0) {
    throw new RearguardError('E_NOTHING_TO_CHECK', {
      message: `No session of ${users} users ended within ${(LEAD_MS + WINDOW_MS) / 1_000} s, so a rate cannot be chosen.`,
      hint: 'Give one with --rate: sessions a second.',
    });
  }
  return { rate: ended / seconds, users };
}

/** Sessions a second that every one of these answers with ease; it warms each of them up as well. Throws as `calibrate` does. */
export async function calmRate(
  ctx: SustainWorld,
  sides: readonly DrivenPlan[],
  options: { signal: AbortSignal; confirmed: readonly string[]; onSide: (index: number) => void },
): Promise<number> {
  let rate = MOST_CALM_RATE;
  for (const [index, made] of sides.entries()) {
    options.onSide(index);
    const found = await calibrate(ctx, made, { users: CALM_USERS, ...options });
    rate = Math.min(rate, found.rate * CALM_SHARE, made.plan.limits.maxRatePerSecond);
  }
  return Number(Math.max(LEAST_CALM_RATE, rate).toPrecision(2));
}

/** Two seconds of a few users, of which nothing is kept: caches fill and code is compiled. */
export async function warmUp(
  ctx: SustainWorld,
  made: DrivenPlan,
  options: { signal: AbortSignal; confirmed: readonly string[] },
): Promise<void> {
  const load = { users: CALM_USERS };
  await sustain(ctx, made, { load, leadMs: LEAD_MS, windowMs: WINDOW_MS, ...options });
  options.signal.throwIfAborted();
}
