import type { Rule } from '../../../core/finding.ts';
import { TOOL } from './tool.ts';

/** Rules about indexes and constraints: those that cost without serving, those that do not hold, and those that lack. */
export const INDEX_RULES = {
  invalidIndex: {
    id: `${TOOL}/invalid-index`,
    title: 'An index is invalid: written to, never read',
    severity: 'medium',
    help: 'pg_index.indisvalid is false and no CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY of it is in progress: a build that failed. Writers still keep it up to date. High when it should be unique, because uniqueness is then not enforced for the rows before.',
    fix: 'Drop it and build it again, or REINDEX INDEX CONCURRENTLY; a leftover of REINDEX (…_ccnew, …_ccold) is only dropped.',
    examples: {
      reports:
        'orders_total_idx stayed behind after a CREATE INDEX CONCURRENTLY that ran into a lock timeout.',
      silent: 'The same while pg_stat_progress_create_index shows the build.',
    },
  },
  invalidConstraint: {
    id: `${TOOL}/invalid-constraint`,
    title: 'A constraint was never validated',
    severity: 'low',
    help: 'It was added as NOT VALID and VALIDATE CONSTRAINT has not been run: rows from before may break it, and the planner does not trust it.',
    fix: 'Look for rows that break it, mend them, then VALIDATE CONSTRAINT; that locks out no writer.',
    examples: {
      reports: 'orders_customer_fk is NOT VALID.',
      silent: 'A validated constraint, or one of a partition that its parent enforces.',
    },
  },
  unusedIndex: {
    id: `${TOOL}/unused-index`,
    title: 'An index that nobody reads',
    severity: 'low',
    help: 'Never scanned since the counters began, at least 1 MB, while its table is read through other ways and written to. Not unique, no constraint, no replica identity, no support of a foreign key, no part of a partitioned index, not built lately. Likely when the counters are older than `unusedAfter` (30 days) and no standby could use it; before that it is possible only, says how long nobody was seen to use it, and is said only of tables that are read more than 20 times a second in the window.',
    fix: 'See that no report of the month, no standby and no other database needs it; then DROP INDEX CONCURRENTLY, and keep the statement that builds it.',
    examples: {
      reports: 'products_colour_idx (4.1 MB): no scan in 41 days while its table had 2.2 million others.',
      silent: 'An index that backs a unique constraint, or one built an hour ago.',
    },
  },
  duplicateIndex: {
    id: `${TOOL}/duplicate-index`,
    title: 'An index does what another one does as well',
    severity: 'low',
    help: 'Same table, method, predicate, operator classes, collations, directions: its keys are those of the other index, or the first of them, and what it includes is in the other as well. A unique index is only covered by a unique one on the same keys; constraints and replica identities are kept.',
    fix: 'DROP INDEX CONCURRENTLY the one that is covered; the other one serves in its place.',
    examples: {
      reports:
        'orders_customer_idx (customer_id) beside orders_customer_created_idx (customer_id, created_at).',
      silent: 'The same keys with another predicate, collation, operator class or direction.',
    },
  },
  missingForeignKeyIndex: {
    id: `${TOOL}/missing-foreign-key-index`,
    title: 'A foreign key without an index, and it is felt',
    severity: 'medium',
    help: 'No index of the referencing table begins with the columns of the key, the table has at least 10,000 rows, and rows of the referenced table are deleted or their keys changed (each of these reads the referencing table whole, under a lock). Low where nothing of that was seen and the table is large and scanned.',
    fix: 'CREATE INDEX CONCURRENTLY on the columns of the key.',
    examples: {
      reports:
        '320 customers were deleted in the window, and each read the 1.2 million rows of public.orders.',
      silent: 'A table of 200 rows; or a parent that nobody ever deletes from.',
    },
  },
} as const satisfies Record<string, Rule>;
