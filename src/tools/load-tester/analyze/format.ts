import type { Percentile } from './figures.ts';

/** A latency as people read it: `0.42 ms`, `8.3 ms`, `240 ms`, `1.8 s`. */
export function formatLatency(ms: number): string {
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** The same without its unit, for a column of milliseconds: `> 240` where the truth is at least that. */
export function percentileText(percentile: Percentile | null): string | null {
  if (percentile === null) return null;
  const { ms, atLeast } = percentile;
  const text = ms < 1 ? ms.toFixed(2) : ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
  return atLeast ? `> ${text}` : text;
}

/** Requests a second: three digits are enough. */
export function formatRate(rate: number): string {
  if (rate >= 100) return Math.round(rate).toLocaleString('en-US');
  return rate.toFixed(rate >= 10 ? 1 : 2);
}
