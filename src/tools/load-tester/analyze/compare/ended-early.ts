import { counted } from '../../../../core/counted.ts';
import { mergeEndpoints } from '../../../../core/load/merge-ticks.ts';
import type { EndpointMeasure } from '../../../../core/load/measure.ts';
import { fisherRise } from '../../../../core/statistics/fisher.ts';
import { countEnded, countFailures } from '../figures.ts';
import { sumOf } from '../merge.ts';
import type { BlockSide } from './blocks.ts';
import type { MetricChange } from './types.ts';

/** A comparison that stopped because one side failed so much that more load on it would have been careless. */
export interface EarlyEnd {
  side: 'before' | 'after';
  /** What was answered in the block that ended, and in the whole blocks of the version before. */
  ended: BlockSide;
  before: readonly BlockSide[];
  endpoints?: readonly string[] | undefined;
}

export interface EarlyVerdict {
  changes: MetricChange[];
  /** Why nothing is concluded; null where the new version alone failed. */
  open: string | null;
}

/** A version that fails this share of its requests is not the healthy one to compare with. */
const MAX_BEFORE_SHARE = 0.1;
const ALPHA = 0.001;

/**
 * The verdict of a comparison that ended early, over what full blocks said. The errors of an endpoint regressed when only the new
 * version spent its budget, the one before it answered well under the same load, and the difference is beyond chance.
 */
export function judgeEarlyEnd(changes: readonly MetricChange[], early: EarlyEnd): EarlyVerdict {
  const before = mergeEndpoints(early.before.map(({ endpoints }) => endpoints));
  const open = whyOpen(early, before);
  const isDecided = changes.some(({ verdict }) => verdict === 'regressed');
  if (open !== null) return { changes: [...changes], open: isDecided ? null : open };
  const judged = early.ended.endpoints.filter(
    ({ name }) => early.endpoints === undefined || early.endpoints.includes(name),
  );
  const risen = judged.flatMap((after) => riseOf(before, after, early.before.length, judged.length) ?? []);
  const isRisen = ({ endpoint, metric }: MetricChange): boolean =>
    risen.some((one) => one.endpoint === endpoint && one.metric === metric);
  return {
    changes: [...risen, ...changes.filter((change) => !isRisen(change))],
    open:
      isDecided || risen.length > 0 ? null : 'no endpoint of it fails more often than before, beyond chance',
  };
}

function whyOpen({ side, before: blocks }: EarlyEnd, before: readonly EndpointMeasure[]): string | null {
  if (side === 'before') return 'it is the version before that fails, so there is nothing to compare with';
  const ended = sumOf(before, countEnded);
  const failed = sumOf(before, countFailures);
  if (ended === 0) return 'the version before was not measured';
  if (failed / ended <= MAX_BEFORE_SHARE) return null;
  return `the version before fails as well: ${failed} of ${counted(ended, 'request')} in ${counted(blocks.length, 'block')}`;
}

function riseOf(
  measures: readonly EndpointMeasure[],
  after: EndpointMeasure,
  blocks: number,
  tests: number,
): MetricChange | null {
  const before = measures.find(({ name }) => name === after.name);
  if (before === undefined) return null;
  const shares = {
    beforeHits: countFailures(before),
    beforeTotal: countEnded(before),
    afterHits: countFailures(after),
    afterTotal: countEnded(after),
  };
  // 1 when either side is empty.
  if (tests * fisherRise(shares) > ALPHA) return null;
  const shareBefore = shares.beforeHits / shares.beforeTotal;
  const shareAfter = shares.afterHits / shares.afterTotal;
  return {
    endpoint: after.name,
    metric: 'errors',
    before: shareBefore,
    after: shareAfter,
    change: shareAfter - shareBefore,
    interval: null,
    margin: 0,
    blocks,
    // Of another test than those of whole blocks.
    pValue: null,
    detectable: null,
    pairsNeeded: null,
    verdict: 'regressed',
    reason: null,
  };
}
