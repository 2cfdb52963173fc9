import { fingerprintOf } from '../../../core/fingerprint.ts';
import type { Catalog } from '../../_shared/database/catalog.ts';
import type { SqlParser } from '../../_shared/sql/parser.ts';
import type { Rewrite } from '../recommendation.ts';
import { RULES } from '../rules.ts';
import type { WorkloadQuery } from '../workload.ts';
import { aggregateJoin } from './aggregate-join.ts';
import { batch } from './batch.ts';
import { castOtherSide } from './cast-other-side.ts';
import { exists, hasMore } from './exists.ts';
import { keyset } from './keyset.ts';
import { notExists } from './not-exists.ts';
import { orUnion } from './or-union.ts';
import { sargable } from './sargable.ts';
import { DeparseError, treeOf } from './tree.ts';
import type { Rewriter, Rewritten } from './types.ts';

/** Which rule each one answers. */
const REWRITERS: readonly { name: string; rule: string; rewriter: Rewriter }[] = [
  { name: 'keyset', rule: RULES.deepOffset.id, rewriter: keyset },
  { name: 'batch', rule: RULES.nPlusOne.id, rewriter: batch },
  { name: 'not-exists', rule: RULES.notInNullable.id, rewriter: notExists },
  { name: 'range', rule: RULES.functionOnColumn.id, rewriter: sargable },
  { name: 'union', rule: RULES.orAcrossColumns.id, rewriter: orUnion },
  { name: 'aggregate-join', rule: RULES.perRowSubquery.id, rewriter: aggregateJoin },
  { name: 'exists', rule: RULES.countLarge.id, rewriter: exists },
  { name: 'has-more', rule: RULES.countLarge.id, rewriter: hasMore },
  { name: 'cast-other-side', rule: RULES.implicitCast.id, rewriter: castOtherSide },
];

/**
 * How a query could be written for the rules that report it. Nothing here is proven yet: show only what
 * proveRewrite() calls proven, or say that it was not.
 *
 * @param rules ids of the rules that report it; all of them by default
 */
export function rewritesOf(
  query: WorkloadQuery,
  catalog: Catalog,
  parser: SqlParser,
  rules?: ReadonlySet<string>,
): Rewrite[] {
  const [text] = query.texts;
  if (text === undefined || query.shape.kind !== 'select') return [];
  const tree = treeOf(parser);
  return REWRITERS.filter(({ rule }) => rules === undefined || rules.has(rule)).flatMap(
    ({ name, rule, rewriter }) => {
      const rewritten = attempt(() => rewriter({ select: tree.select(text), query, catalog, tree }));
      if (rewritten === null) return [];
      const { after, comparison, because, notes } = rewritten;
      return [
        {
          kind: 'rewrite',
          id: fingerprintOf(['rewrite', name, query.shape.key]).slice(0, 8),
          because,
          statement: after,
          rollback: text,
          notes,
          gainShare: 0,
          proof: null,
          rule,
          query,
          after,
          comparison,
          source: null,
        },
      ];
    },
  );
}

/** What cannot be printed without changing its meaning is not shown. */
function attempt(rewrite: () => Rewritten | null): Rewritten | null {
  try {
    return rewrite();
  } catch (error) {
    if (error instanceof DeparseError) return null;
    throw error;
  }
}
