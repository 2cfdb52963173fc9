import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { formatSize } from '../../../../core/size.ts';
import { type CatalogTable, qualifiedName } from '../../../_shared/database/catalog.ts';
import { type Redundancy, redundantIndexes } from '../../../_shared/database/index-cover.ts';
import { quoteIdentifier } from '../../../_shared/database/index-statement.ts';
import { indexSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { trackerFinding } from '../finding.ts';
import { analyzeCheck, type Look, whereKnown } from '../look.ts';

/** Smaller ones cost next to nothing. */
const WORTH_BYTES = 100_000;
const RULE = RULES.duplicateIndex;

export function assessDuplicateIndexes(look: Look): Assessment {
  return whereKnown(look, [RULE], look.end.parts.catalog, ({ tables }) => {
    const assessment = emptyAssessment();
    for (const table of tables) {
      for (const { schema, name } of table.indexes) {
        const subject = indexSubject(look.target, `${schema}.${name}`);
        assessment.checked.push({ subject, rule: RULE });
      }
      assessment.findings.push(...redundantIndexes(table).map((one) => duplicate(look, table, one)));
    }
    return assessment;
  });
}

function duplicate(look: Look, table: CatalogTable, { index, by, kind, reason }: Redundancy) {
  const subject = indexSubject(look.target, `${index.schema}.${index.name}`);
  const isPartitioned = table.kind === 'partitioned';
  return trackerFinding(RULE, subject, {
    title: `${index.schema}.${index.name} is not needed beside ${by.name}`,
    severity: index.bytes >= WORTH_BYTES || isPartitioned ? 'low' : 'info',
    confidence: 'likely',
    evidence: [
      { label: 'table', value: qualifiedName(table) },
      { label: 'reason', value: reason },
      { label: 'size', value: formatSize(index.bytes), unit: `(${by.name}: ${formatSize(by.bytes)})` },
      { label: 'this one', value: '', sample: index.statement },
      { label: 'serves in its place', value: '', sample: by.statement },
    ],
    impact: {
      summary: `Every write keeps both up to date; ${formatSize(index.bytes)} of disk and cache hold what is there twice.`,
      basis: 'modelled',
    },
    steps: [
      ...(kind === 'prefix' && by.bytes > 3 * index.bytes
        ? [`${by.name} is much larger: queries that read many entries are somewhat slower with it.`]
        : []),
      ...(isPartitioned
        ? ['An index of a partitioned table cannot be dropped concurrently: do it in a quiet moment.']
        : ['Dropping it concurrently waits for queries that use it and blocks none.']),
    ],
    patch: `DROP INDEX ${isPartitioned ? '' : 'CONCURRENTLY '}${quoteIdentifier(index.schema)}.${quoteIdentifier(index.name)};`,
    check: analyzeCheck(look.target, RULE, subject),
  });
}
