import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { percent } from '../../../core/rounding.ts';
import { formatSize } from '../../../core/size.ts';
import { type CatalogTable, qualifiedName } from '../../_shared/database/catalog.ts';
import { redundantIndexes } from '../../_shared/database/index-cover.ts';
import { quoteSqlite, type SqliteCatalog } from '../../_shared/database/sqlite/catalog.ts';
import type { SqliteHealth } from '../../_shared/database/sqlite/health.ts';
import { databaseSubject, indexSubject, tableSubject } from '../../_shared/database/subjects.ts';
import type { TrackerOptions } from '../options.ts';
import { RULES } from '../rules.ts';
import { isServed } from './indexes/foreign-keys.ts';
import { analyzeCheck } from './look.ts';
import { mysqlFinding as findingInOwnWords } from './mysql/look.ts';

/** What can be told of a SQLite file: it has no sessions and counts nothing. */
export interface SqliteLook {
  target: string;
  options: TrackerOptions;
  health: SqliteHealth;
  catalog: SqliteCatalog;
}

/** Smaller files are read as fast without statistics. */
const MIN_ANALYZED_BYTES = 1_000_000;

export function assessSqlite(look: SqliteLook): Assessment {
  const parts = [
    freePages(look),
    missingStatistics(look),
    ...look.catalog.tables.map((table) => ofTable(look, table)),
  ];
  return {
    findings: parts.flatMap(({ findings }) => findings),
    checked: parts.flatMap(({ checked }) => checked),
    notChecked: [
      {
        subject: databaseSubject(look.target),
        reason: 'SQLite keeps no counters of statements, sessions or indexes',
        hint: 'Queries are looked at from a file: rearguard queries explain, recommendations.',
      },
    ],
  };
}

/** Pages that only VACUUM gives back. */
function freePages({ target, options, health }: SqliteLook): Assessment {
  const rule = RULES.bloat;
  const subject = databaseSubject(target);
  const assessment: Assessment = { ...emptyAssessment(), checked: [{ subject, rule }] };
  const bytes = health.freePages * health.pageBytes;
  const share = health.pageCount === 0 ? 0 : health.freePages / health.pageCount;
  if (share < options.storage.bloatShare || bytes < options.storage.bloatSize) return assessment;
  assessment.findings.push(
    findingInOwnWords(rule, subject, {
      title: `${percent(share)} % of the file is free pages`,
      severity: 'low',
      confidence: 'proven',
      evidence: [
        { label: 'free', value: formatSize(bytes) },
        { label: 'file', value: formatSize(health.pageCount * health.pageBytes) },
        { label: 'auto_vacuum', value: health.autoVacuum },
      ],
      impact: {
        summary: 'New rows use it again; until then it is copied by every backup.',
        basis: 'measured',
      },
      fix: 'VACUUM writes the file anew; it needs as much room again and keeps writers out meanwhile.',
      steps: ['If rows come back soon, leave it as it is: free pages are used before the file grows.'],
      patch: 'VACUUM;',
      check: analyzeCheck(target, rule, subject),
    }),
  );
  return assessment;
}

/** Without ANALYZE the planner takes every index for equally good. */
function missingStatistics({ target, health, catalog }: SqliteLook): Assessment {
  const rule = RULES.staleStatistics;
  const subject = databaseSubject(target);
  const assessment: Assessment = { ...emptyAssessment(), checked: [{ subject, rule }] };
  const bytes = health.pageCount * health.pageBytes;
  const choices = catalog.tables.filter(
    ({ indexes }) => indexes.filter(({ name }) => name !== 'rowid').length > 1,
  );
  if (catalog.statistics.length > 0 || bytes < MIN_ANALYZED_BYTES || choices.length === 0) return assessment;
  assessment.findings.push(
    findingInOwnWords(rule, subject, {
      title: 'ANALYZE was never run: the planner guesses between indexes',
      severity: 'low',
      confidence: 'proven',
      evidence: [
        { label: 'rows of sqlite_stat1', value: 0 },
        {
          label: 'tables with several indexes',
          value: choices.length,
          sample: choices.map(({ name }) => name).join(', '),
        },
        { label: 'file', value: formatSize(bytes) },
      ],
      impact: { summary: 'A query may take the worse of two indexes.', basis: 'modelled' },
      fix: 'Run ANALYZE once, and PRAGMA optimize when a connection is closed.',
      steps: ['It reads every index; on a large file, `PRAGMA analysis_limit = 400;` before it.'],
      patch: 'ANALYZE;',
      check: analyzeCheck(target, rule, subject),
    }),
  );
  return assessment;
}

function ofTable({ target, options }: SqliteLook, table: CatalogTable): Assessment {
  const assessment = emptyAssessment();
  for (const { name } of table.indexes) {
    assessment.checked.push({ subject: indexSubject(target, name), rule: RULES.duplicateIndex });
  }
  for (const { index, by, reason } of redundantIndexes(table)) {
    const subject = indexSubject(target, index.name);
    assessment.findings.push(
      findingInOwnWords(RULES.duplicateIndex, subject, {
        title: `${index.name} is not needed beside ${by.name}`,
        severity: 'low',
        evidence: [
          { label: 'table', value: qualifiedName(table) },
          { label: 'reason', value: reason },
          ...(index.bytes > 0 ? [{ label: 'size', value: formatSize(index.bytes) }] : []),
          { label: 'this one', value: '', sample: index.statement },
          { label: 'serves in its place', value: '', sample: by.statement || by.name },
        ],
        fix: 'Drop the one that is covered; the other one serves in its place.',
        steps: [`To have it back: \`${index.statement};\``],
        patch: `DROP INDEX ${quoteSqlite(index.name)};`,
        check: analyzeCheck(target, RULES.duplicateIndex, subject),
      }),
    );
  }
  for (const key of table.foreignKeys) {
    const subject = tableSubject(target, `${table.name} ${key.name}`);
    assessment.checked.push({ subject, rule: RULES.missingForeignKeyIndex });
    if (isServed(table, key) || (table.rows ?? 0) < options.indexes.foreignKeyRows) continue;
    assessment.findings.push(
      findingInOwnWords(RULES.missingForeignKeyIndex, subject, {
        title: `${table.name} has no index for its reference to ${key.referencedTable}`,
        severity: 'low',
        confidence: 'possible',
        evidence: [
          { label: 'columns', value: key.columns.join(', ') },
          { label: 'rows of the table', value: table.rows ?? 0 },
        ],
        impact: {
          summary: `With foreign_keys on, deleting a row of ${key.referencedTable} reads this table whole.`,
          basis: 'modelled',
        },
        fix: 'Create an index on the columns of the key.',
        steps: [
          'Nobody counts deletions in SQLite: leave it where rows of the other table are never deleted.',
        ],
        patch: `CREATE INDEX ${quoteSqlite(`${table.name}_${key.columns.join('_')}_idx`)} ON ${quoteSqlite(table.name)} (${key.columns.map(quoteSqlite).join(', ')});`,
        check: analyzeCheck(target, RULES.missingForeignKeyIndex, subject),
      }),
    );
  }
  return assessment;
}
