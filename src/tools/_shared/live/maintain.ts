import type { CommandContext } from '../../context.ts';
import type { LiveSession } from './session.ts';

/** Each time is bounded work; a backlog is worked off tick by tick. */
const MAINTENANCE_EVERY_MS = 60_000;

/** Keeps the store small while a live command goes on for weeks. */
export function maintain(
  { clock, store }: Pick<CommandContext, 'clock' | 'store'>,
  session: Pick<LiveSession, 'maintainedAtMs'>,
): void {
  const nowMs = clock.wallMs();
  if (Math.abs(nowMs - session.maintainedAtMs) < MAINTENANCE_EVERY_MS) return;
  if (!store.maintain(nowMs).more) session.maintainedAtMs = nowMs;
}
