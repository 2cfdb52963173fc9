import { type Assessment, mergeAssessments } from '../../../../core/assessment.ts';
import { assessMysqlBlocking } from './blocking.ts';
import { assessMysqlConnections } from './connections.ts';
import { assessMysqlIndexes } from './indexes.ts';
import type { MysqlLook } from './look.ts';
import { assessMysqlReplication } from './replication.ts';
import { assessMysqlDeadlocks, assessMysqlSettings } from './settings.ts';
import { assessMysqlStatements } from './statements.ts';
import { assessAutoIncrements, assessBufferPool } from './storage.ts';
import { assessMysqlTransactions } from './transactions.ts';

/** What goes on now. */
export function assessMysqlLive(look: MysqlLook): Assessment {
  return mergeAssessments([
    assessMysqlBlocking(look),
    assessMysqlConnections(look),
    assessMysqlTransactions(look),
    assessMysqlDeadlocks(look),
    assessMysqlReplication(look),
  ]);
}

/** All rules that a MySQL or MariaDB server can be judged by. */
export function assessMysql(look: MysqlLook): Assessment {
  return mergeAssessments([
    assessMysqlLive(look),
    assessMysqlStatements(look),
    assessMysqlIndexes(look),
    assessAutoIncrements(look),
    assessBufferPool(look),
    assessMysqlSettings(look),
  ]);
}
