import { reasonOf } from '../../../core/errors.ts';
import { quoteIdentifier } from '../../_shared/database/index-statement.ts';
import { usedIndexes } from '../../_shared/database/plan-walk.ts';
import type { CreateIndex, Proof } from '../recommendation.ts';
import type { BoundQuery, BoundWorkload } from './bound.ts';
import { type Compare, type Compared } from './compare.ts';
import type { ProofRequest } from './types.ts';
import { isMeasured, verdictOnIndex } from './verdict.ts';

interface Built {
  recommendation: CreateIndex;
  /** Unqualified, as plans name it. */
  name: string;
  /** `schema.index`, quoted. */
  quoted: string;
  sizeBytes: number;
}

/**
 * Builds all indexes, then measures every query that any of them changes the plan of: with all of them together, and
 * with each alone. What makes a query slower is withdrawn and the rest looked at again; what helps only beside another
 * one is judged by what is lost without it.
 */
export async function proveIndexes(
  recommendations: readonly CreateIndex[],
  workload: BoundWorkload,
  compare: Compare,
  request: ProofRequest,
): Promise<CreateIndex[]> {
  const { built, failed } = await build(recommendations, request);
  const verdicts = new Map<string, Proof>(failed);
  let standing = built;
  const all = built.map(({ quoted }) => quoted);
  const withdrawn = (): string[] =>
    built.filter((one) => !standing.includes(one)).map(({ quoted }) => quoted);
  for (;;) {
    const together = await compareAll(compare, workload, standing, withdrawn(), all);
    const slow = together.filter(isWorse);
    const culprit = culpritOf(slow, standing);
    if (culprit === undefined) break;
    verdicts.set(culprit.recommendation.id, proofOf(slow, culprit, workload, request));
    standing = standing.filter((one) => one !== culprit);
  }
  for (const [position, one] of standing.entries()) {
    request.progress(position, standing.length, `proving ${one.recommendation.name}`);
    const others = all.filter((name) => name !== one.quoted);
    let compared = await compareAll(compare, workload, [one], others, all);
    if (!compared.some(isBetter)) {
      const gone = withdrawn();
      compared = await compareAll(compare, workload, [one], gone, [...gone, one.quoted]);
    }
    verdicts.set(one.recommendation.id, proofOf(compared, one, workload, request));
  }
  return recommendations.map((recommendation) => ({
    ...recommendation,
    proof: verdicts.get(recommendation.id) ?? null,
  }));
}

async function build(
  recommendations: readonly CreateIndex[],
  request: ProofRequest,
): Promise<{ built: Built[]; failed: [string, Proof][] }> {
  const built: Built[] = [];
  const failed: [string, Proof][] = [];
  for (const [position, recommendation] of recommendations.entries()) {
    request.signal.throwIfAborted();
    request.progress(position, recommendations.length, `building ${recommendation.name}`);
    try {
      const { name, bytes } = await request.clone.createIndex(recommendation.index);
      const [schema = '', ...rest] = name.split('.');
      const unqualified = rest.join('.');
      const quoted = `${quoteIdentifier(schema)}.${quoteIdentifier(unqualified)}`;
      built.push({ recommendation, name: unqualified, quoted, sizeBytes: bytes });
      // Statistics of an expression are there only after ANALYZE, and plans without them are guesses.
      if (recommendation.index.keys.some(({ expression }) => expression !== null)) {
        await request.clone.analyze(`${recommendation.index.schema}.${recommendation.index.table}`);
      }
    } catch (error) {
      request.signal.throwIfAborted();
      const reason = `It could not be built in the copy: ${reasonOf(error)}.`;
      failed.push([recommendation.id, emptyProof({ verdict: 'not-proven', reason }, request)]);
    }
  }
  return { built, failed };
}

/** @param before,after quoted names of indexes that are not there on each side */
async function compareAll(
  compare: Compare,
  { bound }: BoundWorkload,
  subjects: readonly Built[],
  after: readonly string[],
  before: readonly string[],
): Promise<Compared[]> {
  const tables = new Set(subjects.map(tableOf));
  const compared: Compared[] = [];
  for (const query of bound) if (reads(query, tables)) compared.push(await compare(query, { before, after }));
  return compared;
}

function reads({ query }: Pick<BoundQuery, 'query'>, tables: ReadonlySet<string>): boolean {
  return query.shape.tables.some(({ table }) => table !== null && tables.has(table));
}

function tableOf({ recommendation }: Built): string {
  return `${recommendation.index.schema}.${recommendation.index.table}`;
}

/** Of the indexes that a plan which became slower uses, the one that promised least. */
function culpritOf(worse: readonly Compared[], standing: readonly Built[]): Built | undefined {
  for (const one of worse) {
    const plan =
      one.kind === 'measured' ? one.proof.after.plan : one.kind === 'endless' ? one.planAfter : null;
    const used = new Set(plan === null ? [] : usedIndexes(plan.root));
    const suspects = standing.filter(({ name }) => used.has(name));
    const [least] = [...suspects].sort((a, b) => a.recommendation.gainShare - b.recommendation.gainShare);
    if (least !== undefined) return least;
  }
  return undefined;
}

function isWorse(compared: Compared): boolean {
  if (compared.kind === 'endless') return compared.afterMs === null;
  return compared.kind === 'measured' && (compared.judgement.slower || compared.differs);
}

function isBetter(compared: Compared): boolean {
  if (compared.kind === 'endless') return compared.beforeMs === null;
  return compared.kind === 'measured' && compared.judgement.better;
}

function proofOf(
  compared: readonly Compared[],
  built: Built,
  { unbound }: BoundWorkload,
  request: ProofRequest,
): Proof {
  const tables = new Set([tableOf(built)]);
  const concerned = unbound
    .filter((one) => one.query.shape.kind === 'select' && reads(one, tables))
    .map(({ reason }) => reason);
  const verdict = verdictOnIndex(compared, concerned, request.options);
  return {
    ...emptyProof(tooSmall(verdict, built, request), request),
    queries: compared.filter(isMeasured).map(({ proof }) => proof),
    sizeBytes: built.sizeBytes,
  };
}

/** A small sample fits into a few pages, where no index shows what it is worth. */
function tooSmall(
  verdict: Pick<Proof, 'verdict' | 'reason'>,
  built: Built,
  { clone }: ProofRequest,
): Pick<Proof, 'verdict' | 'reason'> {
  const sample = clone.sampled.find(({ table }) => table === tableOf(built));
  if (verdict.verdict !== 'refuted' || sample === undefined || !verdict.reason.startsWith('No query'))
    return verdict;
  const percent = (sample.share * 100).toPrecision(2);
  return {
    verdict: 'not-proven',
    reason: `The sample is too small to show it: only ${percent} % of ${sample.table} was copied.`,
  };
}

export function emptyProof(
  verdict: Pick<Proof, 'verdict' | 'reason'>,
  { clone, options }: Pick<ProofRequest, 'clone' | 'options'>,
): Proof {
  return {
    ...verdict,
    where: clone.describe(),
    sampled: clone.sampled,
    rounds: options.rounds,
    queries: [],
    sizeBytes: null,
  };
}
