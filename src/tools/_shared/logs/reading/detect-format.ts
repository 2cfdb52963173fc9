import type { LogFormat } from '../format.ts';

/** Lines looked at before a format is chosen; lnav looks at as many. */
export const SAMPLE_LINES = 250;
export const SAMPLE_BYTES = 256 * 1024;

/** A line counts for a format from this score on. */
const FITS = 0.3;

/**
 * A specific format must fit at least so many of the lines that could begin a record, so that one odd line does not decide (tstack/lnav#1076);
 * where traces of fifty lines stand behind each record those lines are indented, mostly, and do not count.
 */
const SHARE_THAT_FITS = 0.1;

/**
 * The format with the highest mean score over the lines; `fallback` when none fits enough of them. Null when no line says anything. Where two score
 * alike the first one is taken.
 */
export function detectFormat(
  lines: readonly string[],
  formats: readonly LogFormat[],
  fallback: LogFormat,
): LogFormat | null {
  const candidates = lines.filter((line) => line !== '' && !/^\s/.test(line));
  if (candidates.length === 0) return lines.some((line) => line.trim() !== '') ? fallback : null;
  let best = fallback;
  let bestTotal = 0;
  for (const format of formats) {
    let total = 0;
    let fitting = 0;
    for (const line of candidates) {
      const score = format.score(line);
      total += score;
      if (score >= FITS) fitting += 1;
    }
    const isEnough = format === fallback || fitting >= Math.max(1, candidates.length * SHARE_THAT_FITS);
    if (total > bestTotal && isEnough) {
      best = format;
      bestTotal = total;
    }
  }
  return best;
}
