import { type Assessment, mergeAssessments } from '../../../core/assessment.ts';
import type { LoggedDeadlock } from '../../_shared/database/postgres-log/summary.ts';
import type { TrackerOptions } from '../options.ts';
import { assessBlocking } from './blocking.ts';
import { assessConnectionLeak } from './connection-leak.ts';
import { assessConnections } from './connections.ts';
import { assessDeadlocks } from './deadlocks.ts';
import type { LiveFacts } from './facts.ts';
import { assessReplication } from './replication.ts';
import { assessTransactions } from './transactions.ts';
import { assessWaits } from './waits.ts';
import { assessXmin } from './xmin.ts';

/** All rules about what a database does now; the log of the server adds who was in its deadlocks. */
export function assessLive(
  facts: LiveFacts,
  options: TrackerOptions,
  loggedDeadlocks: readonly LoggedDeadlock[] = [],
): Assessment {
  return mergeAssessments([
    assessBlocking(facts, options),
    assessConnections(facts, options),
    assessConnectionLeak(facts, options),
    assessTransactions(facts, options),
    assessXmin(facts, options),
    assessDeadlocks(facts, loggedDeadlocks),
    assessWaits(facts, options),
    assessReplication(facts, options),
  ]);
}
