import { setMaxListeners } from 'node:events';
import { serve } from '../control.ts';
import { visit } from './visitor.ts';

export interface TrafficSettings {
  shopUrl: string;
  /** Over all visitors together. */
  requestsPerSecond: number;
  /** How many seeded customers there are to log in as. */
  customers: number;
}

const MEAN_THINK_MS = 1_500;

const leaving = new AbortController();
// Every visitor waits on it.
setMaxListeners(0, leaving.signal);
let visitors: Promise<void>[] = [];

/** A closed model: a fixed number of people, each waiting for an answer and thinking before the next click. */
serve<TrafficSettings, null>({
  async start(settings) {
    const people = Math.max(1, Math.round((settings.requestsPerSecond * MEAN_THINK_MS) / 1_000));
    visitors = Array.from({ length: people }, () => comeAndGo(settings));
    return null;
  },
  async stop() {
    leaving.abort();
    await Promise.all(visitors);
  },
});

async function comeAndGo({ shopUrl, customers }: TrafficSettings): Promise<void> {
  // People do not arrive all at once.
  await think();
  while (!leaving.signal.aborted) {
    await visit({ shopUrl, customers, random: Math.random, think, signal: leaving.signal });
  }
}

/** Exponential, without the longest tail. */
function think(): Promise<void> {
  const ms = Math.min(-Math.log(1 - Math.random()), 4) * MEAN_THINK_MS;
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    leaving.signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      leaving.signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
