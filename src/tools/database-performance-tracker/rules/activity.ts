import type { Rule } from '../../../core/finding.ts';
import { TOOL } from './tool.ts';

/** What the sessions of a server do now: connections, transactions, locks, waits and replication. */
export const ACTIVITY_RULES = {
  connectionsNearLimit: {
    id: `${TOOL}/connections-near-limit`,
    title: 'Connections are close to the limit of the server',
    severity: 'high',
    help: 'The sessions of clients take most of what `max_connections` leaves after the reserved slots. When the last one is gone, new ones are refused with "too many clients already". Critical from the second threshold on.',
    fix: 'Find the application with the most sessions and give its pool a limit; put a pooler in front before you raise max_connections.',
    examples: {
      reports: '88 of 97 connections are in use, 71 of them by one application.',
      silent: '40 of 97 connections are in use.',
    },
  },
  connectionLeak: {
    id: `${TOOL}/connection-leak`,
    title: 'An application opens connections and does not give them back',
    severity: 'high',
    help: 'Sessions of one application stay idle while it opens new ones beside them, and their number grows without falling. A pool would have used the idle ones. The finding says when the limit is reached at this pace.',
    fix: 'Give every connection back on every path, errors included; give the pool a limit, and the server an idle_session_timeout as a safety net.',
    examples: {
      reports: 'In ten minutes the idle sessions of one application grew from 12 to 47 and never fell.',
      silent: 'A pool of 20 sessions is idle all night.',
    },
  },
  idleInTransaction: {
    id: `${TOOL}/idle-in-transaction`,
    title: 'A session sits in an open transaction and does nothing',
    severity: 'medium',
    help: 'The client began a transaction and has said nothing for longer than the threshold. It keeps its locks, and while it has a snapshot or wrote something, it keeps vacuum from removing dead rows. High when others wait for it.',
    fix: 'Commit or roll back before anything slow (calls to other services, waiting for people); set idle_in_transaction_session_timeout as a safety net.',
    examples: {
      reports: 'A session has been idle in its transaction for 4 minutes and holds locks on two tables.',
      silent: 'A session is idle in its transaction for 80 ms between two statements.',
    },
  },
  longTransaction: {
    id: `${TOOL}/long-transaction`,
    title: 'A transaction has been open for a long time',
    severity: 'medium',
    help: 'A working transaction is older than the threshold. What it locked stays locked until it ends, and no dead row that it might still see can be removed. Vacuum, base backups and replication are not counted.',
    fix: 'Split the work into smaller transactions; run long reports on a replica.',
    examples: {
      reports: 'An export has been running in one transaction for 25 minutes.',
      silent: 'Autovacuum has been working on a large table for two hours.',
    },
  },
  xminHeld: {
    id: `${TOOL}/xmin-held`,
    title: 'Vacuum cannot remove dead rows, because something holds back the horizon',
    severity: 'medium',
    help: 'The oldest transaction id that somebody may still need is many transactions behind. The finding names the holder: a session, a prepared transaction, a replication slot, or a standby that reports its own queries.',
    fix: 'End what holds it: the transaction, the forgotten prepared transaction, the slot nobody reads from, or the long query on the standby.',
    examples: {
      reports: 'A prepared transaction from last week holds the horizon 4 million transactions back.',
      silent: 'The oldest snapshot is a query that began 3 s ago.',
    },
  },
  blockingChain: {
    id: `${TOOL}/blocking-chain`,
    title: 'Sessions wait for a lock that another one holds',
    severity: 'high',
    help: 'Victims have waited longer than the threshold. The root of the chain is the one that waits for nobody; whoever queues for a strong lock behind it makes all that come later wait too. Critical when many wait.',
    fix: 'End the root, not the victims: cancel its statement, or terminate its session when it is idle in a transaction. Give migrations a lock_timeout.',
    examples: {
      reports: 'An idle transaction holds a row; an update, an ALTER TABLE and 20 reads wait behind it.',
      silent: 'An update waited 40 ms for another one.',
    },
  },
  deadlocks: {
    id: `${TOOL}/deadlocks`,
    title: 'Transactions end in deadlocks',
    severity: 'medium',
    help: 'The counter of deadlocks of the database rose in the window. Each is a transaction that the server ended with an error, after the others had waited for deadlock_timeout.',
    fix: 'Lock rows in the same order everywhere (ORDER BY the key in SELECT … FOR UPDATE); the log of the server names both statements.',
    examples: {
      reports: '3 deadlocks in the last hour.',
      silent: 'The counter is 12, and was 12 an hour ago.',
    },
  },
  waits: {
    id: `${TOOL}/waits`,
    title: 'Active sessions spend most of their time waiting for one thing',
    severity: 'medium',
    help: 'In samples of the active sessions, one class of waits (lightweight locks, I/O, a full commit queue) takes more than half of the time, and more sessions on average than the threshold. Waits for locks of other sessions are reported as a chain.',
    fix: 'The kind of wait says where to look: I/O, the write-ahead log, or contention on one page or one lock.',
    examples: {
      reports: 'Of 6 sessions active on average, 4.5 wait for WALWrite.',
      silent: 'Of 0.3 sessions active on average, 0.2 wait for DataFileRead.',
    },
  },
  replicationLag: {
    id: `${TOOL}/replication-lag`,
    title: 'A replica is behind',
    severity: 'high',
    help: 'A standby has not replayed what the primary wrote for longer than the threshold, or by more bytes. A primary that writes nothing has no lag, whatever the clock says.',
    fix: 'See whether the network, its disk or a long query on the standby (max_standby_streaming_delay) holds it up.',
    examples: {
      reports: 'The standby is 90 s and 1.2 GB behind.',
      silent: 'The last write was ten minutes ago, and the standby has replayed it.',
    },
  },
  slotRetainsWal: {
    id: `${TOOL}/slot-retains-wal`,
    title: 'A replication slot keeps write-ahead log that nobody fetches',
    severity: 'high',
    help: 'The slot makes the server keep log from its restart position on, more than the threshold. When nobody reads from it, the disk fills up and the server stops. Critical when it is inactive and keeps ten times as much.',
    fix: 'Bring the consumer back, or drop the slot if it is gone for good; set max_slot_wal_keep_size as a safety net.',
    examples: {
      reports: 'The inactive slot of an old replica keeps 14 GB.',
      silent: 'An active slot keeps 80 MB.',
    },
  },
} as const satisfies Record<string, Rule>;
