import type { CommandContext } from 'rearguard';
import { type History, historyOf } from '../analyze.ts';
import type { Options } from '../options.ts';
import { METRIC } from './monitor.ts';

const DAY_MS = 86_400_000;

/** What the store remembers of every path that was ever measured. Single samples are kept for two days unless the config says otherwise. */
export function readHistories(ctx: CommandContext<Options>, days: number): History[] {
  const nowMs = ctx.clock.wallMs();
  const range = { fromMs: nowMs - days * DAY_MS, toMs: nowMs + 1 };
  return ctx.store.samples.series(METRIC).map((series) => {
    const { target = '', path = '' } = series.attributes;
    const samples = ctx.store.samples.raw(series, range);
    return historyOf(
      `${target} ${path}`,
      samples.map(({ value }) => value),
    );
  });
}
