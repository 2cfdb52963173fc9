import { ms, percent } from '../../../../core/rounding.ts';
import type { ComparedMetric } from './blocks.ts';
import type { MetricChange } from './types.ts';

export const METRIC_TITLES: Readonly<Record<ComparedMetric, string>> = {
  p50: 'p50',
  p95: 'p95',
  errors: 'errors',
  throughput: 'throughput',
};

/** A figure with its unit: `12.3 ms`, `0.4 %`, `310/s`. */
export function figureText(metric: ComparedMetric, figure: number | null): string {
  if (figure === null) return '-';
  if (metric === 'errors') return `${percent(figure)} %`;
  return metric === 'throughput' ? `${ms(figure)}/s` : `${ms(figure)} ms`;
}

/** `+9.8 %`, and points for errors, whose share is a percentage already: `+1.2 pt`. */
export function changeText(metric: ComparedMetric, change: number | null): string {
  if (change === null) return '-';
  return `${signed(change)} ${metric === 'errors' ? 'pt' : '%'}`;
}

/** `+8.1 to +11.5 %`; an open end is `?`. */
export function intervalText({ metric, interval }: Pick<MetricChange, 'metric' | 'interval'>): string {
  if (interval === null || (interval.low === null && interval.high === null)) return '-';
  const end = (value: number | null): string => (value === null ? '?' : signed(value));
  return `${end(interval.low)} to ${end(interval.high)} ${metric === 'errors' ? 'pt' : '%'}`;
}

function signed(share: number): string {
  const points = share * 100;
  const text = Math.abs(points) >= 100 ? points.toFixed(0) : points.toFixed(1);
  if (Number(text) === 0) return '0.0';
  return points > 0 ? `+${text}` : text;
}
