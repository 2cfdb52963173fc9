import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { formatSize } from '../../../../core/size.ts';
import { quoteIdentifier } from '../../../_shared/database/index-statement.ts';
import type { IndexStatistics } from '../../../_shared/database/postgres/indexes.ts';
import { indexSubject, tableSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { trackerFinding } from '../finding.ts';
import { analyzeCheck, type Look, whereKnown } from '../look.ts';

/** REINDEX CONCURRENTLY leaves these behind, and the index itself as it was. */
const LEFTOVER = /_cc(?:new|old)\d*$/;

export function assessInvalidIndexes(look: Look): Assessment {
  const rule = RULES.invalidIndex;
  return whereKnown(look, [rule], look.end.parts.indexes, ({ indexes }) => {
    const assessment = emptyAssessment();
    for (const index of indexes) {
      const subject = indexSubject(look.target, `${index.schema}.${index.name}`);
      assessment.checked.push({ subject, rule });
      if (index.valid || index.building) continue;
      assessment.findings.push(
        trackerFinding(rule, subject, {
          title: `${index.schema}.${index.name} is invalid: kept up to date and never used`,
          severity: index.unique ? 'high' : 'medium',
          confidence: 'proven',
          evidence: [
            { label: 'table', value: `${index.schema}.${index.table}` },
            { label: 'size', value: index.bytes === null ? 'not measured' : formatSize(index.bytes) },
            { label: 'written to', value: index.ready ? 'yes' : 'no' },
            ...(index.statement === null
              ? []
              : [{ label: 'definition', value: '', sample: index.statement }]),
          ],
          ...fixOf(index),
          check: analyzeCheck(look.target, rule, subject),
        }),
      );
    }
    return assessment;
  });
}

function fixOf({ schema, name, unique }: IndexStatistics): { steps: string[]; patch: string } {
  const qualified = `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
  if (LEFTOVER.test(name)) {
    return {
      steps: [
        'A REINDEX CONCURRENTLY was interrupted and left this behind; the index it was for still works.',
      ],
      patch: `DROP INDEX CONCURRENTLY ${qualified};`,
    };
  }
  return {
    steps: [
      ...(unique ? ['Look for rows that are there twice first: with duplicates the build fails again.'] : []),
      'The build waits for transactions that are open: end long ones first. It locks out no writer.',
    ],
    patch: `REINDEX INDEX CONCURRENTLY ${qualified};`,
  };
}

export function assessInvalidConstraints(look: Look): Assessment {
  const rule = RULES.invalidConstraint;
  return whereKnown(look, [rule], look.end.parts.constraints, (constraints) => ({
    ...emptyAssessment(),
    checked: [
      ...tablesOf(look).map((name) => ({ subject: tableSubject(look.target, name), rule })),
      ...constraints.map((one) => ({ subject: subjectOf(look, one), rule })),
    ],
    findings: constraints.map((one) =>
      trackerFinding(rule, subjectOf(look, one), {
        title: `${one.name} of ${one.schema}.${one.table} was never validated`,
        confidence: 'proven',
        evidence: [
          { label: 'kind', value: one.kind },
          { label: 'definition', value: '', sample: one.definition },
        ],
        steps: [
          'Count the rows that break it; mend them.',
          'Validating reads the table once and locks out neither readers nor writers.',
        ],
        patch: `ALTER TABLE ${quoteIdentifier(one.schema)}.${quoteIdentifier(one.table)} VALIDATE CONSTRAINT ${quoteIdentifier(one.name)};`,
        check: analyzeCheck(look.target, rule, subjectOf(look, one)),
      }),
    ),
  }));
}

function subjectOf({ target }: Look, one: { schema: string; table: string; name: string }) {
  return tableSubject(target, `${one.schema}.${one.table} ${one.name}`);
}

function tablesOf({ end }: Look): string[] {
  const { tables } = end.parts;
  return tables.known ? tables.value.map(({ schema, name }) => `${schema}.${name}`) : [];
}
