import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { formatDuration } from '../../../../core/duration.ts';
import { formatSize } from '../../../../core/size.ts';
import { type CatalogIndex, type CatalogTable, qualifiedName } from '../../../_shared/database/catalog.ts';
import { redundantIndexes } from '../../../_shared/database/index-cover.ts';
import { quoteMysql } from '../../../_shared/database/mysql/catalog.ts';
import type { MysqlUsage } from '../../../_shared/database/mysql/usage.ts';
import { indexSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { analyzeCheck, whereKnown } from '../look.ts';
import { type MysqlLook, mysqlFinding } from './look.ts';

/** Before an index is said to be unused, its table must have been read this often through other ways. */
const MIN_OTHER_READS = 200;
const LARGE_BYTES = 100_000_000;
/** Smaller ones cost next to nothing. */
const WORTH_BYTES = 100_000;

export function assessMysqlIndexes(look: MysqlLook): Assessment {
  const assessment = emptyAssessment();
  for (const table of look.structure.catalog.tables) {
    for (const index of table.indexes) {
      const subject = indexSubject(look.target, nameOf(table, index));
      assessment.checked.push({ subject, rule: RULES.duplicateIndex });
    }
    assessment.findings.push(...duplicates(look, table));
  }
  const unused = whereKnown(look, [RULES.unusedIndex], look.end.usage, (usage) => assessUnused(look, usage));
  return {
    findings: [...assessment.findings, ...unused.findings],
    checked: [...assessment.checked, ...unused.checked],
    notChecked: [...assessment.notChecked, ...unused.notChecked],
  };
}

/** Names of indexes are unique within a table only. */
function nameOf(table: CatalogTable, index: Pick<CatalogIndex, 'name'>): string {
  return `${qualifiedName(table)}.${index.name}`;
}

function duplicates(look: MysqlLook, table: CatalogTable) {
  return redundantIndexes(table).map(({ index, by, kind, reason }) => {
    const subject = indexSubject(look.target, nameOf(table, index));
    return mysqlFinding(RULES.duplicateIndex, subject, {
      title: `${nameOf(table, index)} is not needed beside ${by.name}`,
      severity: index.bytes === 0 || index.bytes >= WORTH_BYTES ? 'low' : 'info',
      confidence: 'likely',
      evidence: [
        { label: 'reason', value: reason },
        ...sizeEvidence(index),
        { label: 'this one', value: '', sample: index.statement },
        { label: 'serves in its place', value: '', sample: by.statement },
      ],
      impact: {
        summary: 'Every write keeps both up to date; disk and buffer pool hold what is there twice.',
        basis: 'modelled',
      },
      fix: 'Drop the one that is covered; the other one serves in its place.',
      steps: [
        ...(kind === 'prefix' && by.bytes > 3 * index.bytes && index.bytes > 0
          ? [`${by.name} is much larger: queries that read many entries are somewhat slower with it.`]
          : []),
        hideFirst(look, table, index),
        'InnoDB drops it at once and without rebuilding the table.',
      ],
      patch: dropStatement(table, index),
      check: analyzeCheck(look.target, RULES.duplicateIndex, subject),
    });
  });
}

function assessUnused(look: MysqlLook, usage: MysqlUsage): Assessment {
  const assessment = emptyAssessment();
  const { unusedAfter, unusedSize } = look.options.indexes;
  for (const table of look.structure.catalog.tables) {
    const uses = usage.uses.filter((use) => use.schema === table.schema && use.table === table.name);
    const reads = uses.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
    const writes = uses.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
    // Of two that do the same, one is advised to go; the other one then does the work of both.
    const twins = new Set(redundantIndexes(table).flatMap(({ index, by }) => [index.name, by.name]));
    for (const index of table.indexes) {
      const subject = indexSubject(look.target, nameOf(table, index));
      assessment.checked.push({ subject, rule: RULES.unusedIndex });
      const read = uses.find((use) => use.index === index.name)?.rowsRead ?? 0;
      // Of userstat, writes are not counted; there, that it is read otherwise has to do.
      const isWritten = writes > 0 || usage.source === 'userstat';
      if (read > 0 || reads < MIN_OTHER_READS || !isWritten || !couldGo(index, table)) continue;
      if (twins.has(index.name) || (index.bytes > 0 && index.bytes < unusedSize)) continue;
      const isOld = usage.countedMs >= unusedAfter;
      assessment.findings.push(
        mysqlFinding(RULES.unusedIndex, subject, {
          title: `${nameOf(table, index)} was not used in ${formatDuration(usage.countedMs)}`,
          severity: isOld && index.bytes >= LARGE_BYTES ? 'medium' : 'low',
          confidence: isOld ? 'likely' : 'possible',
          evidence: [
            { label: 'rows read through it', value: 0, unit: `in ${formatDuration(usage.countedMs)}` },
            { label: 'rows read from its table otherwise', value: reads },
            ...(usage.source === 'userstat' ? [] : [{ label: 'rows written to its table', value: writes }]),
            ...sizeEvidence(index),
            { label: 'definition', value: '', sample: index.statement },
          ],
          impact: { summary: 'Every write keeps it up to date for nobody.', basis: 'measured' },
          fix: 'See that no report of the month and no replica needs it; then drop it, and keep the statement that builds it.',
          steps: [
            ...(isOld
              ? []
              : [
                  `The counters began with the server, ${formatDuration(usage.countedMs)} ago: wait for a whole month of work.`,
                ]),
            hideFirst(look, table, index),
            `To have it back: \`${index.statement};\``,
          ],
          patch: dropStatement(table, index),
          check: analyzeCheck(look.target, RULES.unusedIndex, subject),
        }),
      );
    }
  }
  return assessment;
}

/** What enforces something, or what a foreign key needs, stays. */
function couldGo(index: CatalogIndex, table: CatalogTable): boolean {
  if (index.primary || index.unique || index.method !== 'btree' || !index.valid) return false;
  return !table.foreignKeys.some(({ columns }) => isLedBy(index, columns));
}

function isLedBy({ keys }: CatalogIndex, columns: readonly string[]): boolean {
  return columns.every((column, position) => keys[position]?.column === column);
}

function sizeEvidence({ bytes }: CatalogIndex) {
  return bytes === 0 ? [] : [{ label: 'size', value: formatSize(bytes) }];
}

/** A trial that is undone at once. */
function hideFirst({ end }: MysqlLook, table: CatalogTable, index: CatalogIndex): string {
  const word = end.server.dialect === 'mariadb' ? 'IGNORED' : 'INVISIBLE';
  return `Try it first, it is undone at once: \`ALTER TABLE ${tableSql(table)} ALTER INDEX ${quoteMysql(index.name)} ${word};\``;
}

function dropStatement(table: CatalogTable, index: CatalogIndex): string {
  return `ALTER TABLE ${tableSql(table)} DROP INDEX ${quoteMysql(index.name)};`;
}

function tableSql({ schema, name }: CatalogTable): string {
  return `${quoteMysql(schema)}.${quoteMysql(name)}`;
}
