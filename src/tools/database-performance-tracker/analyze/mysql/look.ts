import type { FindingDraft } from '../../../../core/finding.ts';
import { type DigestShape, digestShape } from '../../../_shared/database/mysql/digest-text.ts';
import type { MysqlSnapshot, MysqlStructure } from '../../../_shared/database/mysql/snapshot.ts';
import type { MysqlStatementWindow } from '../../../_shared/database/mysql/statement-window.ts';
import type { Reading } from '../../../_shared/database/reading.ts';
import type { StatementDelta } from '../../../_shared/database/statements.ts';
import type { TrackerOptions } from '../../options.ts';
import { trackerFinding } from '../finding.ts';

/** What the rules look at: one MySQL or MariaDB server over one window. */
export interface MysqlLook {
  target: string;
  options: TrackerOptions;
  /** null: there is no window, only how it is now. */
  start: MysqlSnapshot | null;
  end: MysqlSnapshot;
  statements: Reading<MysqlStatementWindow>;
  structure: MysqlStructure;
}

type Parts = Parameters<typeof trackerFinding>[2] & {
  /** In MySQL's words: the rule's own are PostgreSQL's. */
  fix: string;
};

export function mysqlFinding(
  rule: Parameters<typeof trackerFinding>[0],
  subject: Parameters<typeof trackerFinding>[1],
  { fix, ...parts }: Parts,
): FindingDraft {
  const finding = trackerFinding(rule, subject, parts);
  return { ...finding, fix: { ...finding.fix, summary: fix } };
}

/** What a statement is called, and its tables. */
export function shapeOf(
  { structure }: Pick<MysqlLook, 'structure'>,
  { text, database, queryId }: Pick<StatementDelta, 'text' | 'database' | 'queryId'>,
): DigestShape {
  return digestShape(text ?? `statement ${queryId}`, database, structure.catalog);
}
