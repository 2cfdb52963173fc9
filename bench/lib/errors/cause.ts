import { seededRandom } from '../../../src/core/statistics/random.ts';
import { explainIncident } from '../../../src/tools/error-analyzer/analyze/cause/explain.ts';
import { type BenchOptions, type BenchRow, row } from '../bench.ts';
import { plantOne } from './cause/plan-base.ts';
import { MAKERS } from './cause/plans.ts';
import type { Planted } from './cause/plant.ts';
import { guessAsPeople } from './cause/peer.ts';

/** Thresholds were chosen on seeds below this; those from here on were not looked at for that. */
const FIRST_SEED = 5_000;
const ROUNDS = 5;

interface Judged {
  kind: string;
  hasCause: boolean;
  isFirst: boolean;
  isInThree: boolean;
  saidNone: boolean;
}

/** Planted causes among other changes, flapping dependencies, fields that hang together and lines that the errors bring about. */
export async function causeRows({ log, quick }: BenchOptions): Promise<BenchRow[]> {
  const rounds = quick ? 1 : ROUNDS;
  const ours: Judged[] = [];
  const theirs: Judged[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, make] of MAKERS.entries()) {
      const planted = plantOne(make, seededRandom(FIRST_SEED + round * MAKERS.length + index));
      ours.push(judge(planted, explainIncident(planted.input).candidates));
      theirs.push(judge(planted, guessAsPeople(planted.input)));
      await Promise.resolve();
    }
    log(`${(round + 1) * MAKERS.length} incidents`);
  }
  const causes = ours.filter(({ hasCause }) => hasCause);
  return [
    shareRow('first guess is the planted cause', ours, theirs, { of: ({ isFirst }) => isFirst, goal: 80 }),
    shareRow('planted cause in the first three', ours, theirs, {
      of: ({ isInThree }) => isInThree,
      goal: 95,
    }),
    shareRow('nothing planted, and none said to be supported', ours, theirs, {
      of: ({ saidNone }) => saidNone,
      goal: 90,
      nothing: true,
    }),
    ...[...new Set(causes.map(({ kind }) => kind))].map((kind) => kindRow(kind, causes)),
  ];
}

function judge(planted: Planted, candidates: readonly Parameters<Planted['isRight']>[0][]): Judged {
  const [first] = candidates;
  return {
    kind: planted.kind,
    hasCause: planted.kind !== 'none',
    isFirst: first !== undefined && planted.isRight(first),
    isInThree: candidates.slice(0, 3).some((candidate) => planted.isRight(candidate)),
    saidNone: candidates.length === 0,
  };
}

function shareRow(
  name: string,
  ours: readonly Judged[],
  theirs: readonly Judged[],
  { of, goal, nothing = false }: { of: (judged: Judged) => boolean; goal: number; nothing?: boolean },
): BenchRow {
  const asked = (all: readonly Judged[]): Judged[] => all.filter(({ hasCause }) => hasCause !== nothing);
  const share = (all: readonly Judged[]): number =>
    percentOf(asked(all).filter(of).length, asked(all).length);
  return row({
    name,
    value: share(ours),
    unit: '%',
    goal: { op: '>=', value: goal },
    peer: {
      name: 'newest change of the last hour, else the field value with most errors',
      value: share(theirs),
    },
    samples: asked(ours).length,
  });
}

function kindRow(kind: string, causes: readonly Judged[]): BenchRow {
  const own = causes.filter((one) => one.kind === kind);
  return row({
    name: `first guess right: ${kind}`,
    value: percentOf(own.filter(({ isFirst }) => isFirst).length, own.length),
    unit: '%',
    samples: own.length,
  });
}

function percentOf(count: number, all: number): number {
  return Number(((100 * count) / Math.max(1, all)).toFixed(1));
}
