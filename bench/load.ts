import { benchmarkOfParts } from './lib/bench.ts';
import { installServers } from './lib/install-servers.ts';
import { accessLogRows } from './lib/load/access-log.ts';
import { beforeAfterRows } from './lib/load/before-after.ts';
import { capacityRows } from './lib/load/capacity.ts';
import { feederRows } from './lib/load/feeder.ts';
import { http1CostRows } from './lib/load/http1-cost.ts';
import { http1ParserRows } from './lib/load/http1-parser.ts';
import { http2CostRows } from './lib/load/http2-cost.ts';
import { tlsCostRows } from './lib/load/tls-cost.ts';
import { histogramRows } from './lib/load/histogram.ts';
import { safetyRows } from './lib/load/safety.ts';
import { stallRows } from './lib/load/stall.ts';
import { starvedRows } from './lib/load/starved.ts';
import { memoryRows } from './lib/load/memory.ts';
import { pacingRows } from './lib/load/pacing.ts';

export const benchmark = benchmarkOfParts(
  {
    name: 'load',
    summary: 'The load generator beside its peers: cost of a request, honest tails, pacing, memory, verdicts',
    parts: {
      'access-log': accessLogRows,
      'http1-cost': http1CostRows,
      'tls-cost': tlsCostRows,
      'http1-parser': http1ParserRows,
      'http2-cost': http2CostRows,
      histogram: histogramRows,
      feeder: feederRows,
      safety: safetyRows,
      stall: stallRows,
      starved: starvedRows,
      pacing: pacingRows,
      memory: memoryRows,
      'before-after': beforeAfterRows,
      capacity: capacityRows,
    },
  },
  () => installServers({ peers: true }),
);
