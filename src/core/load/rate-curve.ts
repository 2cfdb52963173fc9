import type { LoadStage } from './plan.ts';

/**
 * A rate that goes in straight lines, and its integral: how many sessions have been asked for up to a moment. The inverse of that
 * gives intended times: of whole numbers for even spacing, of a Poisson process of rate 1 for a Poisson process of this rate
 * (time change; Cinlar 1975). Times in milliseconds since the start of the run.
 */
export interface RateCurve {
  segments: Segment[];
  /** The segment that was asked for last: questions ascend, so the next answer is near it. */
  cursor: number;
}

interface Segment {
  startMs: number;
  endMs: number;
  /** Sessions before it and with it. */
  startArea: number;
  endArea: number;
  /** Sessions a millisecond at its start, and how that grows a millisecond. */
  rate: number;
  slope: number;
}

export function rateCurve(stages: readonly LoadStage[]): RateCurve {
  const curve: RateCurve = { segments: [], cursor: 0 };
  append(curve, stages);
  return curve;
}

/** Sessions asked for up to this moment. */
export function areaAt(curve: RateCurve, ms: number): number {
  const segment = curve.segments.findLast(({ startMs }) => startMs <= ms);
  if (segment === undefined) return 0;
  const past = ms - segment.startMs;
  if (ms >= segment.endMs) return segment.endArea;
  return segment.startArea + segment.rate * past + (segment.slope * past * past) / 2;
}

/** When this many sessions have been asked for; Infinity if that never happens. Cheapest for ascending areas. */
export function timeOfArea(curve: RateCurve, area: number): number {
  const { segments } = curve;
  let { cursor } = curve;
  while (cursor > 0 && area < segments[cursor]!.startArea) cursor -= 1;
  while (cursor < segments.length && area >= segments[cursor]!.endArea) cursor += 1;
  curve.cursor = Math.min(cursor, Math.max(0, segments.length - 1));
  const segment = segments[cursor];
  if (segment === undefined) return Infinity;
  const { rate, slope } = segment;
  const wanted = area - segment.startArea;
  // This form of the quadratic's root loses no digits where the slope is small, and is the straight line where it is 0.
  const past = (2 * wanted) / (rate + Math.sqrt(Math.max(0, rate * rate + 2 * slope * wanted)));
  return wanted === 0 ? segment.startMs : Math.min(segment.endMs, segment.startMs + past);
}

/** Sessions a second that are asked for at a moment. */
export function rateAt(curve: RateCurve, ms: number): number {
  const segment = curve.segments.findLast(({ startMs }) => startMs <= ms);
  if (segment === undefined || ms >= segment.endMs) return 0;
  return (segment.rate + segment.slope * (ms - segment.startMs)) * 1000;
}

/** Other stages from a moment on. Returns the area until then, which stays as it was: what was asked for before is not asked for again. */
export function replaceCurve(curve: RateCurve, fromMs: number, stages: readonly LoadStage[]): number {
  const area = areaAt(curve, fromMs);
  while ((curve.segments.at(-1)?.startMs ?? -Infinity) >= fromMs) curve.segments.pop();
  const last = curve.segments.at(-1);
  if (last !== undefined && last.endMs > fromMs) {
    last.endMs = fromMs;
    last.endArea = area;
  }
  append(curve, stages, fromMs, area);
  curve.cursor = 0;
  return area;
}

function append(curve: RateCurve, stages: readonly LoadStage[], fromMs = 0, fromArea = 0): void {
  let [startMs, startArea] = [fromMs, fromArea];
  for (const { from, to, durationMs } of stages) {
    if (durationMs <= 0) continue;
    const endMs = startMs + durationMs;
    const endArea = startArea + ((from + to) / 2000) * durationMs;
    const slope = (to - from) / 1000 / durationMs;
    curve.segments.push({ startMs, endMs, startArea, endArea, rate: from / 1000, slope });
    [startMs, startArea] = [endMs, endArea];
  }
}
