import type { SqlSession } from '../../../platform/sql/types.ts';
import type { CommandContext } from '../../context.ts';
import { readMysqlSnapshot, readMysqlStructure } from '../../_shared/database/mysql/snapshot.ts';
import { mysqlStatementWindow } from '../../_shared/database/mysql/statement-window.ts';
import type { MysqlStatements } from '../../_shared/database/mysql/statements.ts';
import { type Reading, unknown } from '../../_shared/database/reading.ts';
import type { MysqlLook } from '../analyze/mysql/look.ts';
import type { TrackerOptions } from '../options.ts';

/**
 * Looks at a MySQL or MariaDB server twice, `watchMs` apart, and at its structure; with 0 only once, and what needs a
 * window is then unknown.
 */
export async function lookAtMysql(
  ctx: Pick<CommandContext, 'clock' | 'signal'>,
  { target, session }: { target: string; session: SqlSession },
  options: TrackerOptions,
  watchMs: number,
): Promise<MysqlLook> {
  const first = await readMysqlSnapshot(session, ctx.clock);
  const structure = await readMysqlStructure(session, first.server);
  if (watchMs > 0) await ctx.clock.sleep(watchMs, ctx.signal);
  const [start, end] = watchMs > 0 ? [first, await readMysqlSnapshot(session, ctx.clock)] : [null, first];
  const before: Reading<MysqlStatements> =
    start?.statements ?? unknown('there is no window to compare over', 'Give one: `--duration 30s`.');
  return {
    target,
    options,
    start,
    end,
    statements: mysqlStatementWindow(before, end.statements),
    structure,
  };
}
