import { z } from 'zod';
import type { Block, Tone } from '../../../core/block.ts';
import type { ReportStatus } from '../../../core/report.ts';
import { formatSize } from '../../../core/size.ts';
import { describeIndex } from '../../_shared/database/index-statement.ts';
import { usedIndexes } from '../../_shared/database/plan-walk.ts';
import { sqlLines } from './sql-lines.ts';
import type { Proof, QueryProof, Recommendation, Rewrite } from '../recommendation.ts';

const measuredSchema = z.object({
  milliseconds: z.number(),
  buffers: z.number(),
  checksum: z.string(),
  planHash: z.string(),
  indexes: z.array(z.string()),
});

export const proveDataSchema = z.object({
  id: z.string(),
  kind: z.enum(['create-index', 'drop-index', 'rewrite']),
  statement: z.string(),
  rollback: z.string(),
  notes: z.array(z.string()),
  /** null: it was not tried; coverage says why. */
  proof: z
    .object({
      verdict: z.enum(['proven', 'refuted', 'not-proven']),
      reason: z.string(),
      where: z.string(),
      sampled: z.array(z.object({ table: z.string(), share: z.number() })),
      rounds: z.number().int(),
      sizeBytes: z.number().nullable(),
      queries: z.array(
        z.object({
          key: z.string(),
          label: z.string(),
          sameResult: z.boolean(),
          before: measuredSchema,
          after: measuredSchema,
        }),
      ),
    })
    .nullable(),
});

export function toProveData(recommendation: Recommendation): z.infer<typeof proveDataSchema> {
  const { id, kind, statement, rollback, notes, proof } = recommendation;
  return {
    id,
    kind,
    statement,
    rollback,
    notes: [...notes],
    proof:
      proof === null
        ? null
        : {
            verdict: proof.verdict,
            reason: proof.reason,
            where: proof.where,
            sampled: proof.sampled.map((one) => ({ ...one })),
            rounds: proof.rounds,
            sizeBytes: proof.sizeBytes,
            queries: proof.queries.map(({ key, label, sameResult, before, after }) => ({
              key,
              label,
              sameResult,
              before: measuredData(before),
              after: measuredData(after),
            })),
          },
  };
}

function measuredData({
  milliseconds,
  buffers,
  checksum,
  plan,
}: QueryProof['before']): z.infer<typeof measuredSchema> {
  return { milliseconds, buffers, checksum, planHash: plan.hash, indexes: usedIndexes(plan.root) };
}

/** proven is a pass, refuted a fail; what could not be measured is neither. */
export function statusOf({ proof }: Recommendation): ReportStatus {
  if (proof === null || proof.verdict === 'not-proven') return 'unknown';
  return proof.verdict === 'proven' ? 'pass' : 'fail';
}

export function titleOf(recommendation: Recommendation): string {
  if (recommendation.kind === 'create-index') return `index on ${describeIndex(recommendation.index)}`;
  if (recommendation.kind === 'drop-index') return `without ${recommendation.name}`;
  return `${recommendation.query.shape.label} rewritten`;
}

export function summaryOf(recommendation: Recommendation): string {
  const { proof } = recommendation;
  if (proof === null) return `Not proven: ${titleOf(recommendation)}.`;
  const said = { proven: 'Proven', refuted: 'Refuted', 'not-proven': 'Not proven' }[proof.verdict];
  return `${said}: ${titleOf(recommendation)}. ${proof.reason}`;
}

export function proveSections(recommendation: Recommendation): Block[] {
  const { proof, statement, rollback, notes } = recommendation;
  return [
    ...(proof === null ? [] : proofSections(proof, recommendation.kind)),
    ...(recommendation.kind === 'rewrite'
      ? [
          {
            kind: 'diff' as const,
            title: 'The query',
            before: sqlLines(rollback),
            after: sqlLines(statement),
          },
          ...sourceBlock(recommendation),
        ]
      : [{ kind: 'text' as const, title: 'To do it', text: statement }]),
    ...(recommendation.kind !== 'rewrite' && rollback !== ''
      ? [{ kind: 'text' as const, title: 'To undo it', text: rollback }]
      : []),
    ...(notes.length === 0
      ? []
      : [{ kind: 'text' as const, title: 'To know', text: notes.map((note) => `- ${note}`).join('\n') }]),
  ];
}

/** The same in the user's own data access layer, by its conventions. */
function sourceBlock({ source }: Rewrite): Block[] {
  if (source === null) return [];
  return [
    {
      kind: 'diff',
      title: `With ${source.orm}, by its conventions`,
      before: source.before ?? '',
      after: source.after,
    },
  ];
}

function proofSections(proof: Proof, kind: Recommendation['kind']): Block[] {
  const { queries, where, sampled, rounds, sizeBytes } = proof;
  const facts = [
    `In ${where}, ${rounds} rounds, before and after in turn.`,
    ...sampled.map(({ table, share }) => `Of ${table} only ${(share * 100).toPrecision(2)} % was copied.`),
    ...(sizeBytes === null ? [] : [`Built there it has ${formatSize(sizeBytes)}.`]),
  ];
  return [
    { kind: 'text', title: 'Verdict', text: `${proof.reason}\n${facts.join('\n')}`, tone: toneOf(proof) },
    ...(queries.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            title:
              kind === 'rewrite'
                ? 'The query and its rewrite'
                : 'Queries that are planned differently, before → after',
            columns: [
              { header: 'query' },
              { header: 'time', align: 'right' as const },
              { header: 'pages', align: 'right' as const },
              { header: 'result' },
            ],
            rows: queries.map(({ label, before, after, sameResult }) => [
              label,
              `${milliseconds(before)} → ${milliseconds(after)}`,
              `${before.buffers} → ${after.buffers}`,
              sameResult
                ? { text: 'same', tone: 'good' as const }
                : { text: 'differs', tone: 'bad' as const },
            ]),
          },
        ]),
  ];
}

function toneOf({ verdict }: Proof): Tone {
  const tones = { proven: 'good', refuted: 'bad', 'not-proven': 'warn' } as const;
  return tones[verdict];
}

function milliseconds({ milliseconds: value }: QueryProof['before']): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}
