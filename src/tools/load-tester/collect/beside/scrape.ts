import type { CommandContext } from '../../../context.ts';
import type { LoadOptions } from '../../options.ts';
import type { BesideRecord } from '../../record.ts';
import { parsePrometheusText } from './prometheus-text.ts';

const DEFAULT_TIMEOUT_MS = 1_000;
const MAX_BYTES = 4 * 1_024 * 1_024;
/** What stands still or moves with load in most backends: pools, queues, event loops, garbage collection. */
const TELLING =
  /pool|queue|eventloop|event_loop|gc_|heap_used|in_flight|inflight|active_connections|threads/i;
const MAX_SERIES = 12;
const MAX_NAME = 160;

type Scraped = NonNullable<BesideRecord['scraped']>[number];

export interface Scraper {
  look(signal: AbortSignal): Promise<void>;
  /** null where no URL is configured or no look succeeded. */
  result(): readonly Scraped[] | null;
}

/** Values of a metrics URL, look by look. A look that fails is a hole in the series, and nothing else. */
export function createScraper(
  ctx: Pick<CommandContext<LoadOptions>, 'http' | 'clock'>,
  metrics: LoadOptions['metrics'],
): Scraper {
  const series = new Map<string, [number, number][]>();
  let succeeded = false;
  const isWanted = (name: string): boolean => {
    const wanted = metrics?.series ?? [];
    const bare = name.replace(/\{.*$/, '');
    return wanted.length === 0 ? TELLING.test(bare) : wanted.includes(bare) || wanted.includes(name);
  };
  return {
    async look(signal) {
      if (metrics === undefined) return;
      const options = { timeoutMs: metrics.timeout ?? DEFAULT_TIMEOUT_MS, maxBytes: MAX_BYTES, signal };
      const text = await ctx.http.getText(metrics.url, options).catch(() => null);
      if (text === null) return;
      succeeded = true;
      const atMs = ctx.clock.wallMs();
      for (const { name, value } of parsePrometheusText(text)) {
        if (name.length > MAX_NAME || !isWanted(name)) continue;
        const points = series.get(name);
        if (points) points.push([atMs, value]);
        else if (series.size < MAX_SERIES) series.set(name, [[atMs, value]]);
      }
    },
    result: () => (succeeded ? [...series].map(([name, points]) => ({ name, points })) : null),
  };
}
