import { benchmarkOfParts } from './lib/bench.ts';
import { installServers } from './lib/install-servers.ts';
import { feederRows } from './lib/load/feeder.ts';
import { histogramRows } from './lib/load/histogram.ts';
import { safetyRows } from './lib/load/safety.ts';
import { stallRows } from './lib/load/stall.ts';
import { memoryRows } from './lib/load/memory.ts';
import { pacingRows } from './lib/load/pacing.ts';

export const benchmark = benchmarkOfParts(
  {
    name: 'load',
    summary: 'The load generator beside its peers: cost of a request, honest tails, pacing, memory, verdicts',
    parts: {
      histogram: histogramRows,
      feeder: feederRows,
      safety: safetyRows,
      stall: stallRows,
      pacing: pacingRows,
      memory: memoryRows,
    },
  },
  () => installServers({ peers: true }),
);
