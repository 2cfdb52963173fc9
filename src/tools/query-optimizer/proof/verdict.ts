import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { Proof } from '../recommendation.ts';
import type { Compared, Measured } from './compare.ts';
import type { ProofOptions } from './types.ts';

type Verdict = Pick<Proof, 'verdict' | 'reason'>;

/** What the comparisons of one new index say of it. @param concerned queries that read its table and could not be run */
export function verdictOnIndex(
  compared: readonly Compared[],
  concerned: readonly string[],
  options: Pick<ProofOptions, 'slower'>,
): Verdict {
  const measured = compared.filter(isMeasured);
  const failed = compared.flatMap((one) => (one.kind === 'failed' ? one.reason : []));
  const bad = badOutcome(measured, options) ?? stalled(compared);
  if (bad !== null) return bad;
  const rescued = compared.find((one) => one.kind === 'endless');
  const better = measured.filter(({ judgement }) => judgement.better);
  if (rescued !== undefined && better.length === 0) {
    return {
      verdict: 'proven',
      reason: `${rescued.bound.query.shape.label} does not finish in time before, and takes ${formatDuration(rescued.afterMs ?? 0)} with it.`,
    };
  }
  if (better.length === 0) {
    const open = [...failed, ...concerned];
    return open.length === 0
      ? { verdict: 'refuted', reason: 'No query reads fewer pages or is faster with it.' }
      : {
          verdict: 'not-proven',
          reason: `${counted(open.length, 'query', 'queries')} could not be run: ${open[0]}.`,
        };
  }
  const total = weighted(measured);
  if (total.after.ms >= total.before.ms && total.after.buffers >= total.before.buffers) {
    return {
      verdict: 'refuted',
      reason: 'What some queries gain others lose: the workload as a whole gains nothing.',
    };
  }
  return {
    verdict: 'proven',
    reason: `${gainText(total)} over ${counted(new Set(better.map(({ proof }) => proof.key)).size, 'query', 'queries')}.`,
  };
}

/** Without an existing index nothing may become slower; there need be no gain. */
export function verdictOnDrop(
  compared: readonly Compared[],
  concerned: readonly string[],
  options: Pick<ProofOptions, 'slower'>,
): Verdict {
  const bad = badOutcome(compared.filter(isMeasured), options) ?? stalled(compared);
  if (bad !== null) return bad;
  const open = [...compared.flatMap((one) => (one.kind === 'failed' ? one.reason : [])), ...concerned];
  if (open.length > 0) {
    return {
      verdict: 'not-proven',
      reason: `${counted(open.length, 'query', 'queries')} could not be run: ${open[0]}.`,
    };
  }
  const changed = compared.filter(isMeasured).length;
  return {
    verdict: 'proven',
    reason:
      changed === 0
        ? `None of ${counted(compared.length, 'query', 'queries')} is planned differently without it.`
        : `${counted(changed, 'query is', 'queries are')} planned differently without it, none is slower.`,
  };
}

function badOutcome(measured: readonly Measured[], { slower }: Pick<ProofOptions, 'slower'>): Verdict | null {
  const different = measured.find(({ differs }) => differs);
  if (different !== undefined) {
    return { verdict: 'refuted', reason: `${different.proof.label} gives another result.` };
  }
  const worst = measured.find(({ judgement }) => judgement.slower);
  if (worst === undefined) return null;
  const { before, after } = worst.judgement;
  return {
    verdict: 'refuted',
    reason:
      `${worst.proof.label} becomes slower: ${formatDuration(before.ms)} before, ${formatDuration(after.ms)} after ` +
      `(the limit is ${slower.ratio} times and ${slower.ms} ms).`,
  };
}

/** A query that ended and no longer does. */
function stalled(compared: readonly Compared[]): Verdict | null {
  const worst = compared.find((one) => one.kind === 'endless' && one.afterMs === null);
  return worst === undefined
    ? null
    : { verdict: 'refuted', reason: `${worst.bound.query.shape.label} no longer finishes in time.` };
}

interface Total {
  before: { ms: number; buffers: number };
  after: { ms: number; buffers: number };
}

/** Each query as often as it was called. */
function weighted(measured: readonly Measured[]): Total {
  const sum = (side: 'before' | 'after', unit: 'ms' | 'buffers'): number =>
    measured.reduce(
      (total, { bound, judgement }) => total + Math.max(bound.weight, 1) * judgement[side][unit],
      0,
    );
  return {
    before: { ms: sum('before', 'ms'), buffers: sum('before', 'buffers') },
    after: { ms: sum('after', 'ms'), buffers: sum('after', 'buffers') },
  };
}

/** `37 times fewer pages and 12 times less time` */
export function gainText({ before, after }: Total): string {
  const parts = [
    times(before.buffers, after.buffers, 'fewer pages'),
    times(before.ms, after.ms, 'less time'),
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'A small gain' : capitalised(parts.join(' and '));
}

function times(before: number, after: number, what: string): string | null {
  const ratio = before / Math.max(after, Number.EPSILON);
  if (ratio < 1.05) return null;
  if (ratio < 2) return `${Math.round((1 - after / before) * 100)} % ${what}`;
  return `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)} times ${what}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function isMeasured(compared: Compared): compared is Measured {
  return compared.kind === 'measured';
}
