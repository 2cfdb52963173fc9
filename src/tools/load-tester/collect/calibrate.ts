import { RearguardError } from '../../../core/errors.ts';
import { sumOf, spanMs } from '../analyze/merge.ts';
import type { DrivenPlan, LoadWorld } from './drive.ts';
import { sustain } from './sustain.ts';

export interface Calibration {
  /** Sessions a second that so few users got answered, and how many users that were. */
  rate: number;
  users: number;
}

const LEAD_MS = 600;
const WINDOW_MS = 1_400;

/**
 * What a few users, each waiting for its answers, get out of the backend: gentle on any server, and the scale of its capacity. It
 * warms the server up as well. Throws E_NOTHING_TO_CHECK when no session came to its end.
 */
export async function calibrate(
  ctx: LoadWorld,
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
