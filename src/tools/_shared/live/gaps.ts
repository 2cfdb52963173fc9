import type { Coverage } from '../../../core/coverage.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { CoverageGap } from '../../../core/event.ts';
import type { CommandContext, WatchTick } from '../../context.ts';
import type { LiveView } from '../../define.ts';
import type { LiveSession } from './session.ts';

/** Remembers what was not looked at, in the session and in the store, and says it. */
export function noteGaps(
  { store }: Pick<CommandContext, 'store'>,
  session: Pick<LiveSession, 'gaps' | 'missedSlots'>,
  { gaps, missedSlots }: Pick<WatchTick, 'gaps' | 'missedSlots'>,
): LiveView['changes'] {
  session.gaps.push(...gaps);
  session.missedSlots += missedSlots;
  for (const gap of gaps) store.samples.gap(gap);
  return gaps.map((gap) => ({ atMs: gap.toMs, text: gapText(gap), data: { kind: 'gap', ...gap } }));
}

/** Time we did not look, in milliseconds. */
export function gapMs(gaps: readonly CoverageGap[]): number {
  return gaps.reduce((sum, gap) => sum + Math.max(0, gap.toMs - gap.fromMs), 0);
}

/** Gaps, as what a report could not see. */
export function gapsNotChecked(gaps: readonly CoverageGap[]): Coverage['notChecked'] {
  return gaps.map((gap) => ({
    reason: `not looking from ${new Date(gap.fromMs).toISOString()} to ${new Date(gap.toMs).toISOString()} (${gap.reason})`,
  }));
}

function gapText(gap: CoverageGap): string {
  const length = formatDuration(gap.toMs - gap.fromMs);
  return gap.reason === 'clock-stepped'
    ? `this machine's clock was set by ${length}`
    : `not looking for ${length} (${gap.reason})`;
}
