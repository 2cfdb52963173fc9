import { benchmarkOfParts } from './lib/bench.ts';
import { installServers } from './lib/install-servers.ts';

export const benchmark = benchmarkOfParts(
  {
    name: 'load',
    summary: 'The load generator beside its peers: cost of a request, honest tails, pacing, memory, verdicts',
    parts: {},
  },
  () => installServers({ peers: true }),
);
