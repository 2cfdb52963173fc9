import type { BesideRecord, ProcessSeries } from '../record.ts';

/** Wall clock, epoch milliseconds. */
export interface WallSpan {
  fromMs: number;
  toMs: number;
}

/** A sample speaks for the second before it. */
const SAMPLE_MS = 1_000;
/** A process of one busy thread, or one that waits for a core, has nothing to spare. */
const MAX_USED = 0.7;
const MIN_IDLE = 0.1;

/** Mean idle share of the machine over these spans; null where nothing was seen. */
export function meanIdle(machine: BesideRecord['machine'], spans: readonly WallSpan[]): number | null {
  return meanOf(within(machine ?? [], spans).map(({ idle }) => idle));
}

/** Processor and waiting for it, in shares of a core; null where nothing was seen. */
export function processorUse(
  process: ProcessSeries | null,
  span: WallSpan,
): { used: number; waiting: number | null } | null {
  const samples = within(process?.samples ?? [], [span]);
  const used = meanOf(samples.flatMap(({ processor }) => processor ?? []));
  return used === null ? null : { used, waiting: meanOf(samples.flatMap(({ waiting }) => waiting ?? [])) };
}

/**
 * Whether the server could have worked more than it did: its process used and waited for less than one core, and the
 * machine that it shares with us had something free. null: that cannot be seen.
 */
export function hadProcessorToSpare(beside: BesideRecord, span: WallSpan): boolean | null {
  const use = processorUse(beside.process, span);
  if (use === null) return null;
  const idle = meanIdle(beside.machine, [span]);
  return use.used + (use.waiting ?? 0) < MAX_USED && (idle === null || idle >= MIN_IDLE);
}

function within<Sample extends { atMs: number }>(
  samples: readonly Sample[],
  spans: readonly WallSpan[],
): Sample[] {
  return samples.filter(({ atMs }) =>
    spans.some((span) => atMs > span.fromMs && atMs - SAMPLE_MS < span.toMs),
  );
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
