import type { CommandContext } from '../../../context.ts';
import type { LoadOptions } from '../../options.ts';
import type { BesideRecord } from '../../record.ts';
import { watchMachine } from './machine.ts';
import { watchProcess } from './process-watch.ts';
import { createScraper } from './scrape.ts';

const EVERY_MS = 1_000;
const MAX_EVENTS = 50;

export type BesideWays = Pick<
  CommandContext<LoadOptions>,
  'clock' | 'http' | 'machine' | 'options' | 'processUsage' | 'store'
>;

export interface BesideWatch {
  /** Stops looking; once. */
  end(): Promise<BesideRecord>;
}

/** Looks once a second at the server's side of a run, until its end. What cannot be seen is null; nothing here fails a run. */
export async function watchBeside(ctx: BesideWays, origins: readonly string[]): Promise<BesideWatch> {
  const { clock, options, store } = ctx;
  const startedAtMs = clock.wallMs();
  const process = await watchProcess(ctx, options.process, origins);
  const scraper = createScraper(ctx, options.metrics);
  const machine = watchMachine(ctx.machine);
  const over = new AbortController();
  async function look(): Promise<void> {
    while (!over.signal.aborted) {
      machine.sample(clock.wallMs());
      await Promise.all([process?.look(), scraper.look(over.signal)]);
      await clock.sleep(EVERY_MS, over.signal).catch(() => undefined);
    }
  }
  const looking = look();
  return {
    async end() {
      over.abort();
      await looking;
      return {
        process: process?.result() ?? null,
        scraped: scraper.result(),
        machine: machine.samples(),
        events: eventsIn(store, startedAtMs, clock.wallMs()),
      };
    },
  };
}

/** What the store knows of that time: deploys and changes, and what other tools found for the first time. */
function eventsIn(store: BesideWays['store'], fromMs: number, toMs: number): BesideRecord['events'] {
  const happened = store.events
    .list({ fromMs, toMs: toMs + 1 })
    .map(({ atMs, kind, title }) => ({ atMs, label: kind, detail: title }));
  const found = store.findings
    .list()
    .map(({ firstSeen, rule, title }) => ({ atMs: Date.parse(firstSeen), label: rule, detail: title }))
    .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  return [...happened, ...found].toSorted((a, b) => a.atMs - b.atMs).slice(0, MAX_EVENTS);
}
