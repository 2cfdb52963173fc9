import type { Block, TreeNode } from '../../../core/block.ts';
import { formatSize } from '../../../core/size.ts';
import { estimateFactor } from '../../_shared/database/plan-walk.ts';
import type { Plan, PlanNode } from '../../_shared/database/plan.ts';
import type { Advice } from '../advisor/types.ts';
import { grouped, type PlanNote } from '../analyze/plan-notes.ts';
import type { GivenQuery } from '../collect/given-query.ts';
import type { Rewrite } from '../recommendation.ts';
import { sqlLines } from './sql-lines.ts';

export interface Explained {
  query: GivenQuery;
  plan: Plan;
  /** Of a plan that was run: in which copy; null: it is an estimate of the server's. */
  where: string | null;
  notes: readonly PlanNote[];
  advice: Advice | null;
  rewrites: readonly Rewrite[];
}

export function explainSections({ plan, where, notes, advice, rewrites }: Explained): Block[] {
  return [
    {
      kind: 'tree',
      title: where === null ? 'Plan, as the server expects it' : `Plan, as it ran in ${where}`,
      roots: [treeOf(plan.root)],
    },
    ...(notes.length === 0
      ? []
      : [
          {
            kind: 'text' as const,
            title: 'What stands out',
            text: notes.map(({ text }) => `- ${text}`).join('\n'),
          },
        ]),
    ...indexTable(advice),
    ...rewrites.map((rewrite): Block => ({
      kind: 'diff',
      title: `How it could be written (${rewrite.rule.split('/')[1]}); not proven: ${rewrite.because}`,
      before: sqlLines(rewrite.rollback),
      after: sqlLines(rewrite.after),
    })),
    ...rewriteNotes(rewrites),
  ];
}

/** A step, how many rows, its conditions below it. A far-off estimate is marked. */
function treeOf(node: PlanNode): TreeNode {
  const name = [
    node.type,
    ...(node.index === null ? [] : [`using ${node.index}`]),
    ...(node.table === null ? [] : [`on ${node.table}`]),
  ].join(' ');
  const factor = estimateFactor(node);
  const FAR_OFF = 10;
  const conditions = Object.entries(node.conditions).map(([kind, text]): TreeNode => ({
    label: `${kind}: ${text}`,
    tone: 'muted',
  }));
  const children = [...conditions, ...node.children.map(treeOf)];
  return {
    label: `${name} · ${figuresOf(node).join(', ')}`,
    ...(factor !== null && factor >= FAR_OFF ? { tone: 'warn' as const } : {}),
    ...(children.length === 0 ? {} : { children }),
  };
}

function figuresOf({
  estimatedRows,
  actualRows,
  loops,
  totalCost,
  sharedHit,
  sharedRead,
  tempBlocks,
}: PlanNode): string[] {
  const buffers = sharedHit === null ? null : sharedHit + (sharedRead ?? 0);
  return [
    ...(actualRows === null
      ? [`${rows(estimatedRows ?? 0)} expected`, `cost ${grouped(totalCost ?? 0)}`]
      : [`${rows(actualRows)} (${grouped(estimatedRows ?? 0)} expected)`]),
    ...(loops !== null && loops > 1 ? [`${grouped(loops)} times`] : []),
    ...(buffers === null || actualRows === null ? [] : [`${grouped(buffers)} pages`]),
    ...(tempBlocks === null || tempBlocks === 0 ? [] : [`${grouped(tempBlocks)} temporary`]),
  ];
}

function rows(count: number): string {
  return `${grouped(count)} ${Math.round(count) === 1 ? 'row' : 'rows'}`;
}

function indexTable(advice: Advice | null): Block[] {
  if (advice === null) return [];
  if (advice.creates.length === 0) {
    const [reason] = advice.reasons;
    return reason === undefined
      ? []
      : [{ kind: 'text', title: 'Indexes', text: `No index would help: ${reason.reason}.` }];
  }
  return [
    {
      kind: 'text',
      title: 'Indexes that would help it (estimated for this query alone, not proven)',
      text: advice.creates
        .map(({ effects: [effect], sizeBytes, statement }) => {
          const costs = `cost ${grouped(effect?.costBefore ?? 0)} before, ${grouped(effect?.costAfter ?? 0)} after`;
          return `${statement}\n  ${costs}; ${formatSize(sizeBytes)}`;
        })
        .join('\n'),
    },
  ];
}

function rewriteNotes(rewrites: readonly Rewrite[]): Block[] {
  const notes = rewrites.flatMap((rewrite) => rewrite.notes);
  return notes.length === 0
    ? []
    : [{ kind: 'text', title: 'To know about these', text: notes.map((note) => `- ${note}`).join('\n') }];
}
