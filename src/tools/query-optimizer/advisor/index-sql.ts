import { fingerprintOf } from '../../../core/fingerprint.ts';
import type { CatalogTable, IndexDefinition } from '../../_shared/database/catalog.ts';
import { createIndexSql, quoteIdentifier } from '../../_shared/database/index-statement.ts';
import { identityOf } from './definition.ts';

/** PostgreSQL cuts longer names. */
const MAX_NAME_BYTES = 63;

/** Eight hex digits: the same advice has the same name in every run. */
export function adviceId(kind: 'create-index' | 'drop-index', what: string): string {
  return fingerprintOf([kind, what]).slice(0, 8);
}

/** As PostgreSQL names indexes itself, with what is special about it; never the name of another index. */
export function indexName(index: IndexDefinition, taken: ReadonlySet<string>): string {
  const keys = index.keys.map(({ column, expression }) => column ?? wordsOf(expression ?? 'expr'));
  const special = [
    ...(index.method === 'btree' ? [] : [index.method]),
    ...(index.predicate === null ? [] : ['partial']),
    ...(index.include.length === 0 ? [] : ['covering']),
  ];
  const base = [index.table, ...keys, ...special]
    .join('_')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '_');
  const suffix = (turn: number): string => (turn === 0 ? '_idx' : `_idx${turn}`);
  for (let turn = 0; ; turn += 1) {
    const name = `${base.slice(0, MAX_NAME_BYTES - suffix(turn).length)}${suffix(turn)}`;
    if (!taken.has(name)) return name;
  }
}

function wordsOf(expression: string): string {
  return (expression.match(/[A-Za-z_]\w*/g) ?? ['expr']).slice(0, 3).join('_');
}

export interface IndexScript {
  statement: string;
  rollback: string;
  notes: string[];
}

/** What to run, how to undo it, and what to know before. */
export function createScript(
  index: IndexDefinition,
  name: string,
  table: CatalogTable,
  partitions: readonly CatalogTable[],
): IndexScript {
  const rollback = `DROP INDEX CONCURRENTLY ${qualifiedIndex(index.schema, name)};`;
  if (table.kind === 'partitioned') return partitionedScript(index, name, partitions);
  return {
    statement: `${createIndexSql(index, { name, concurrently: true })};`,
    rollback,
    notes: [
      "Reads and writes go on while it is built. Run it outside a transaction, after SET lock_timeout = '5s', and one index of a table at a time.",
      'It waits for every transaction that is open when it starts: look for old ones first (rearguard db current-state).',
      'If it fails it leaves an INVALID index behind that writers pay for: run the rollback, then try again.',
    ],
  };
}

/** CONCURRENTLY does not exist for the parent: an empty one there, one for each partition, then attach them. */
function partitionedScript(
  index: IndexDefinition,
  name: string,
  partitions: readonly CatalogTable[],
): IndexScript {
  const parent = qualifiedIndex(index.schema, name);
  const lines = [createIndexSql(index, { name, concurrently: false }).replace(' ON ', ' ON ONLY ')];
  for (const partition of partitions) {
    const own = { ...index, schema: partition.schema, table: partition.name };
    const ownName = indexName(own, new Set());
    lines.push(
      createIndexSql(own, { name: ownName, concurrently: true }),
      `ALTER INDEX ${parent} ATTACH PARTITION ${qualifiedIndex(partition.schema, ownName)}`,
    );
  }
  return {
    statement: lines.map((line) => `${line};`).join('\n'),
    rollback: `DROP INDEX ${parent};`,
    notes: [
      'The table is partitioned: the index of the parent becomes valid when every partition has its own attached.',
      "Run each CREATE INDEX CONCURRENTLY by itself, outside a transaction, after SET lock_timeout = '5s'; it waits for every transaction that is open when it starts.",
      'The rollback takes an exclusive lock on the parent for a moment. An INVALID index that a failed build left is dropped first.',
    ],
  };
}

export function dropScript(schema: string, name: string, createdBy: string): IndexScript {
  return {
    statement: `DROP INDEX CONCURRENTLY ${qualifiedIndex(schema, name)};`,
    rollback: `${createdBy.replace(/^CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)/, (start) => `${start}CONCURRENTLY `).replace(/;?\s*$/, '')};`,
    notes: [
      "Run it outside a transaction, after SET lock_timeout = '5s'; it waits for transactions that use the table.",
    ],
  };
}

function qualifiedIndex(schema: string, name: string): string {
  return [schema, name]
    .filter((part) => part !== '')
    .map(quoteIdentifier)
    .join('.');
}

export function createId(index: IndexDefinition): string {
  return adviceId('create-index', identityOf(index));
}
