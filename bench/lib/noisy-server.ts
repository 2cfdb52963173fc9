import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { randomNormal, seededRandom } from '../../src/core/statistics/random.ts';

/*
 * A child process: a real HTTP server whose service times are noisy as those of a real backend are. Log-normal around 20 ms with a
 * spread of 0.3 and 2 % spikes of 20 to 80 ms more. `/<process>/<change>/<stream>`: every stream is an endpoint of its own, with its
 * own random state. Sends its port, then its event-loop lag (p99, ms) when told to stop.
 */
const TYPICAL_MS = 20;
const SPREAD = 0.3;
const SPIKE_SHARE = 0.02;

type Change = (serviceMs: number, uniform: number) => number;
const CHANGES: Readonly<Record<string, Change>> = {
  same: (serviceMs) => serviceMs,
  'plus-25': (serviceMs) => serviceMs * 1.25,
  'plus-50': (serviceMs) => serviceMs * 1.5,
  'slow-tail': (serviceMs, uniform) => (uniform < 0.1 ? serviceMs * 4 : serviceMs),
};
/** Correlation of the logarithm of the service time from one call of a stream to the next. */
const CORRELATIONS: Readonly<Record<string, number>> = { independent: 0, correlated: 0.5 };

function serviceTimes(process: string, change: string, seed: number): () => number {
  const random = seededRandom(seed);
  const correlation = CORRELATIONS[process] ?? 0;
  const alter = CHANGES[change] ?? CHANGES['same']!;
  let state = randomNormal(random);
  return () => {
    state = correlation * state + Math.sqrt(1 - correlation ** 2) * randomNormal(random);
    const spikeMs = random() < SPIKE_SHARE ? TYPICAL_MS * (1 + 3 * random()) : 0;
    return alter(TYPICAL_MS * Math.exp(SPREAD * state) + spikeMs, random());
  };
}

const streams = new Map<string, () => number>();
const server = createServer((request, response) => {
  const path = request.url ?? '/';
  let next = streams.get(path);
  if (next === undefined) {
    const [, process = '', change = ''] = path.split('/');
    next = serviceTimes(process, change, streams.size + 1);
    streams.set(path, next);
  }
  setTimeout(() => response.end('{"ok":true}'), next());
});

const lag = monitorEventLoopDelay({ resolution: 5 });
lag.enable();
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.send?.({ port: address.port });
});
process.on('message', () => {
  process.send?.({ lagP99Ms: lag.percentile(99) / 1e6 }, () => process.exit(0));
});
// The parent died without saying so.
process.on('disconnect', () => process.exit(0));
