import type { Subquery } from '../../../_shared/sql/types.ts';
import type { WorkloadQuery } from '../../workload.ts';
import { matters, type RuleContext } from '../context.ts';
import { FINE, found, type Verdict } from '../finding.ts';

/** Rows from which on the set of a NOT IN may not fit into memory. */
const LARGE_SET = 100_000;

/** NOT IN (SELECT …) over a column that may be NULL: one NULL empties the answer. */
export function judgeNotInNullable(query: WorkloadQuery, context: RuleContext): Verdict {
  let unknown = false;
  for (const subquery of query.shape.traits.subqueries) {
    const { kind, innerColumn, nullable } = subquery;
    if (kind !== 'not-in') continue;
    if (innerColumn === null) {
      unknown = true;
      continue;
    }
    const rows = context.tables.get(innerColumn.table)?.rows ?? null;
    const isLarge = rows !== null && rows >= LARGE_SET && matters(query, context);
    const mayBeNull = nullable === true && !excludesNull(query, subquery);
    if (!mayBeNull && !isLarge) continue;
    const name = `${innerColumn.table}.${innerColumn.column}`;
    return found({
      title: mayBeNull
        ? `NOT IN of ${query.shape.label} returns nothing as soon as ${name} holds one NULL`
        : `NOT IN of ${query.shape.label} is compared with all of ${innerColumn.table}`,
      severity: mayBeNull || matters(query, context) ? 'medium' : 'low',
      evidence: [
        { label: name, value: mayBeNull ? 'may be NULL' : 'NOT NULL' },
        ...(rows === null ? [] : [{ label: `rows of ${innerColumn.table}`, value: Math.round(rows) }]),
        { label: 'subquery', value: '', sample: subquery.sql },
      ],
      steps: [
        `Write NOT EXISTS (SELECT 1 FROM ${innerColumn.table} x WHERE x.${innerColumn.column} = ${subquery.outerColumn?.column ?? '…'}): a NULL then matches nothing, and the server can join.`,
        ...(mayBeNull
          ? [
              `If ${name} never is NULL, say so: ALTER TABLE … ALTER COLUMN ${innerColumn.column} SET NOT NULL.`,
            ]
          : []),
      ],
    });
  }
  return unknown
    ? { kind: 'unknown', reason: 'what its NOT IN selects is no column of the catalogue' }
    : FINE;
}

/** The subquery leaves NULLs out itself. */
function excludesNull({ shape }: WorkloadQuery, { scope, innerColumn }: Subquery): boolean {
  return shape.uses.some(
    (use) =>
      use.scope === scope &&
      use.column === innerColumn?.column &&
      use.conjunct &&
      ['is-not-null', 'equality', 'list', 'range', 'prefix'].includes(use.role),
  );
}
