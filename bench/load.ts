import { benchmarkOfParts } from './lib/bench.ts';
import { installServers } from './lib/install-servers.ts';
import { feederRows } from './lib/load/feeder.ts';
import { histogramRows } from './lib/load/histogram.ts';
import { stallRows } from './lib/load/stall.ts';

export const benchmark = benchmarkOfParts(
  {
    name: 'load',
    summary: 'The load generator beside its peers: cost of a request, honest tails, pacing, memory, verdicts',
    parts: {
      histogram: histogramRows,
      feeder: feederRows,
      stall: stallRows,
    },
  },
  () => installServers({ peers: true }),
);
