import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import type { Severity } from '../../../../core/severity.ts';
import { formatSize } from '../../../../core/size.ts';
import {
  type CatalogIndex,
  type CatalogTable,
  type ForeignKey,
  qualifiedName,
} from '../../../_shared/database/catalog.ts';
import { quoteIdentifier } from '../../../_shared/database/index-statement.ts';
import type { TableStatistics } from '../../../_shared/database/postgres/tables.ts';
import { tableSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { trackerFinding } from '../finding.ts';
import { analyzeCheck, bothEnds, grown, type Look, together, whereKnown } from '../look.ts';

/** Fewer deletions of the parent were a person's, and are over. */
const MIN_DELETED = 10;
/** From here on a scan of the referencing table is felt by itself. */
const LARGE_ROWS = 100_000;
const MIN_SCANS = 10;

const RULE = RULES.missingForeignKeyIndex;

export function assessForeignKeys(look: Look): Assessment {
  const { parts } = look.end;
  return whereKnown(look, [RULE], together(parts.catalog, parts.tables), ([catalog, tables]) => {
    const assessment = emptyAssessment();
    const byName = new Map(tables.map((one) => [`${one.schema}.${one.name}`, one]));
    for (const table of catalog.tables) {
      for (const key of table.foreignKeys) {
        const subject = tableSubject(look.target, `${qualifiedName(table)} ${key.name}`);
        assessment.checked.push({ subject, rule: RULE });
        // Of a partition: its parent has the same key, and advice belongs there.
        if (table.parent !== null || isServed(table, key)) continue;
        const child = byName.get(qualifiedName(table));
        const felt = child && weigh(look, child, byName.get(key.referencedTable));
        if (!felt) continue;
        assessment.findings.push(
          trackerFinding(RULE, subject, {
            title: `${qualifiedName(table)} has no index for its reference to ${key.referencedTable}`,
            severity: felt.severity,
            confidence: felt.severity === 'medium' ? 'likely' : 'possible',
            evidence: [
              { label: 'columns', value: key.columns.join(', ') },
              { label: 'rows of the table', value: Math.round(child.liveRows) },
              { label: 'size', value: formatSize(child.totalBytes ?? 0) },
              { label: 'deleted from the referenced table', value: felt.deleted, unit: felt.span },
              { label: 'scans of the whole table in the window', value: felt.scans ?? 'not measured' },
            ],
            impact: {
              summary: `Deleting a row of ${key.referencedTable}, or changing its key, reads this table whole${key.onDelete === 'cascade' ? ' and deletes what refers to it' : ''}, while the row is locked.`,
              basis: 'modelled',
            },
            steps: ['It builds beside running writes, and waits for transactions that are open.'],
            patch: `CREATE INDEX CONCURRENTLY ON ${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)} (${key.columns.map(quoteIdentifier).join(', ')});`,
            check: analyzeCheck(look.target, RULE, subject),
          }),
        );
      }
    }
    return assessment;
  });
}

/** An index for all rows whose first columns are those of the key, in any order. */
export function isServed({ indexes }: Pick<CatalogTable, 'indexes'>, { columns }: ForeignKey): boolean {
  return indexes.some((index) => {
    if (!index.valid || index.predicate !== null || !isForEquality(index)) return false;
    const leading = new Set(index.keys.slice(0, columns.length).map(({ column }) => column));
    return columns.every((column) => leading.has(column));
  });
}

function isForEquality({ method, keys }: CatalogIndex): boolean {
  return method === 'btree' || (method === 'hash' && keys.length === 1);
}

interface Felt {
  severity: Severity;
  deleted: number;
  span: string;
  /** null: there is no window. */
  scans: number | null;
}

/** null: nobody feels that it lacks. */
function weigh(look: Look, child: TableStatistics, parent: TableStatistics | undefined): Felt | null {
  const rows = Math.max(child.liveRows, child.plannedRows ?? 0);
  if (rows < look.options.indexes.foreignKeyRows) return null;
  const ends = bothEnds(look, 'tables');
  const earlier = (table: TableStatistics | undefined): TableStatistics | undefined =>
    ends.known ? ends.value.before.find(({ oid }) => oid === table?.oid) : undefined;
  const scans = ends.known ? grown(earlier(child)?.seqScans, child.seqScans) : null;
  const deletedNow = parent && ends.known ? grown(earlier(parent)?.deleted, parent.deleted) : 0;
  if (deletedNow > 0) return { severity: 'medium', deleted: deletedNow, span: 'rows in the window', scans };
  const deleted = parent?.deleted ?? 0;
  const span = 'rows since the counters began';
  if (deleted >= MIN_DELETED) return { severity: 'medium', deleted, span, scans };
  if (rows >= LARGE_ROWS && (scans ?? 0) >= MIN_SCANS) return { severity: 'low', deleted, span, scans };
  return null;
}
