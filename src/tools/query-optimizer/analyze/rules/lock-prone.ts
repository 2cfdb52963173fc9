import type { CatalogTable } from '../../../_shared/database/catalog.ts';
import type { ColumnUse } from '../../../_shared/sql/types.ts';
import type { WorkloadQuery } from '../../workload.ts';
import { isOf, matters, type RuleContext, rowsPerCall } from '../context.ts';
import { figure, rounded } from '../figures.ts';
import { FINE, found, type Verdict } from '../finding.ts';

/** A lock of all rows matters from so many on. */
const MANY_LOCKED = 100;

export function judgeLockProne(query: WorkloadQuery, context: RuleContext): Verdict {
  const { kind } = query.shape;
  if (kind === 'select') return judgeLocking(query, context);
  return kind === 'update' || kind === 'delete' ? judgeChange(query, context) : FINE;
}

function judgeLocking(query: WorkloadQuery, context: RuleContext): Verdict {
  const { shape } = query;
  const { locking } = shape.traits;
  if (locking === null || locking.wait !== 'wait' || locking.strength === 'key-share') return FINE;
  const mention = shape.tables.find(({ scope, table }) => scope === 0 && table !== null);
  const table = context.tables.get(mention?.table ?? '');
  if (mention === undefined || table === undefined) {
    return { kind: 'unknown', reason: 'the catalogue does not have the table that it locks' };
  }
  const conditions = shape.uses.filter((use) => isOf(use, mention) && use.conjunct && isNarrowing(use));
  const ordered = shape.uses.some(({ role, scope }) => role === 'order' && scope === 0);
  if (shape.limit !== null && ordered && !namesKey(conditions, table)) {
    return found({
      title: `${shape.label} takes the next row with FOR UPDATE: everyone who asks waits for the same row`,
      severity: matters(query, context) ? 'medium' : 'low',
      evidence: [
        { label: 'waits for locked rows', value: 'yes, without SKIP LOCKED' },
        { label: 'rows taken a call', value: rounded(rowsPerCall(query)) },
      ],
      steps: [
        'Add SKIP LOCKED: each worker then takes the next row that nobody has.',
        'Keep the transaction short: the row is locked until it ends.',
      ],
      patch: null,
    });
  }
  if (conditions.length > 0 || shape.limit !== null || rowsPerCall(query) < MANY_LOCKED) return FINE;
  return found({
    title: `${shape.label} locks ${figure(rowsPerCall(query))} rows in each call, without a condition`,
    evidence: [{ label: 'rows locked a call', value: rounded(rowsPerCall(query)) }],
    steps: ['Lock only the rows that are changed afterwards, by their key.'],
  });
}

function judgeChange(query: WorkloadQuery, { options }: RuleContext): Verdict {
  const rows = rowsPerCall(query);
  if (rows < options.lockProne.rowsPerCall) return FINE;
  const verb = query.shape.kind === 'update' ? 'changes' : 'deletes';
  return found({
    title: `${query.shape.label} ${verb} ${figure(rows)} rows in one statement`,
    evidence: [
      { label: `rows a call`, value: rounded(rows) },
      { label: 'time a call, with all of them locked', value: rounded(query.meanMs), unit: 'ms' },
    ],
    steps: [
      'Do it in batches of some thousand rows by key, each in a transaction of its own: others wait for one batch at most.',
      ...(query.shape.kind === 'update'
        ? ['Leave out rows that have the value already: WHERE column IS DISTINCT FROM $1.']
        : []),
    ],
  });
}

function isNarrowing({ role }: ColumnUse): boolean {
  return role === 'equality' || role === 'list' || role === 'range' || role === 'prefix' || role === 'join';
}

/** All columns of a unique index are compared with values. */
function namesKey(conditions: readonly ColumnUse[], { indexes }: CatalogTable): boolean {
  const fixed = new Set(conditions.filter(({ role }) => role === 'equality').map(({ column }) => column));
  return indexes.some(
    ({ unique, predicate, keys }) =>
      unique && predicate === null && keys.every(({ column }) => fixed.has(column)),
  );
}
