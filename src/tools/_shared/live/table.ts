import { counted } from '../../../core/counted.ts';
import type { Block, Tone } from '../../../core/block.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { HealthState } from '../../../core/health-state.ts';
import { gapMs } from './gaps.ts';
import type { LiveSession } from './session.ts';

/** More rows than a tall terminal has help nobody; the worst come first. */
export const MAX_ROWS = 50;

export const STATE_TONE: Readonly<Record<HealthState, Tone>> = {
  up: 'good',
  degraded: 'warn',
  flapping: 'warn',
  down: 'bad',
  unknown: 'muted',
};

const WORST_FIRST: readonly HealthState[] = ['down', 'flapping', 'degraded', 'unknown', 'up'];

interface WithState {
  state: { state: HealthState };
}

export function worstFirst<Live extends WithState>(live: Iterable<Live>): Live[] {
  return [...live].toSorted((a, b) => rank(a) - rank(b));
}

function rank({ state }: WithState): number {
  return WORST_FIRST.indexOf(state.state);
}

export function isTroubled({ state }: WithState): boolean {
  return state.state !== 'up' && state.state !== 'unknown';
}

/** What stands below the live table; `watched` is what the rows are: `12 endpoints`. */
export function liveFooter(watched: string, session: LiveSession, nowMs: number, loopLagMs: number): Block {
  const parts = [
    `watching ${watched} for ${formatDuration(watchedMs(session, nowMs))}`,
    `own lag p99 ${loopLagMs.toFixed(1)} ms`,
    ...(session.missedSlots > 0 ? [`${counted(session.missedSlots, 'slot')} missed`] : []),
    ...(session.gaps.length > 0 ? [`${formatDuration(gapMs(session.gaps))} not looking`] : []),
    'latencies in ms',
    'Ctrl-C ends',
  ];
  return { kind: 'text', text: parts.join('   '), tone: 'muted' };
}

export function watchedSummary(
  watched: string,
  session: LiveSession,
  nowMs: number,
  troubled: number,
): string {
  return `Watched ${watched} for ${formatDuration(watchedMs(session, nowMs))}: ${counted(session.changes, 'change')} of state, ${troubled} not up at the end.`;
}

/** A wall clock that was set back makes it 0, never less. */
export function watchedMs({ startedAtMs }: Pick<LiveSession, 'startedAtMs'>, nowMs: number): number {
  return Math.max(0, nowMs - startedAtMs);
}
