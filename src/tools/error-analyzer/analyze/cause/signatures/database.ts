import type { Signature } from './types.ts';

/** SQLSTATE: PostgreSQL appendix A; error numbers: MySQL's server error reference. */
export const DATABASE_SIGNATURES: readonly Signature[] = [
  {
    id: 'too-many-clients',
    title: 'the database has no connection slot left',
    pattern:
      /\b53300\b|too many clients already|remaining connection slots are reserved|ER_CON_COUNT_ERROR|\bToo many connections\b/i,
    explains: 'mechanism',
    topics: ['database-connections', 'database'],
    meaning:
      'Every slot of max_connections is taken, so that new connections are refused; those that are open go on working.',
    fix: 'Find who holds the slots; bound each pool so that the sum over all processes stays below max_connections, or put a pooler between.',
    counterCheck:
      'Connections in use are well below max_connections, or most of them are active: then it is load, not a leak.',
    next: 'rearguard database-performance-tracker incident-mode',
    examples: {
      matches: [
        'FATAL: sorry, too many clients already',
        'SequelizeConnectionError: Too many connections',
        'code=53300',
      ],
      not: ['worker has 53301 clients', 'too many open orders'],
    },
  },
  {
    id: 'pool-exhausted',
    title: 'the connection pool is empty',
    pattern:
      /QueuePool limit of size|timeout exceeded when trying to connect|Connection is not available, request timed out|could not obtain a (?:database )?connection from the pool|ResourceRequest timed out|Timed out fetching a new connection from the connection pool|\bP2024\b|timeout acquiring a connection|connection pool (?:is )?(?:exhausted|timeout)|pool (?:exhausted|timed out)|all pooled connections were in use|MaxPoolSize|no available connections? in (?:the )?pool/i,
    explains: 'mechanism',
    topics: ['database-connections', 'database', 'database-lock'],
    meaning:
      'Callers wait for a connection of their own pool and give up: connections are held too long, never given back, or too few for the load.',
    fix: 'Look at what holds connections: long transactions, locks, calls to other services inside a transaction, paths that do not release. A larger pool only moves the queue.',
    counterCheck:
      'The database itself shows idle connections of this application: then they leak. If all are active, statements are slow or blocked.',
    next: 'rearguard database-performance-tracker incident-mode',
    examples: {
      matches: [
        'HikariPool-1 - Connection is not available, request timed out after 30000ms',
        'TimeoutError: ResourceRequest timed out',
        'QueuePool limit of size 5 overflow 10 reached',
      ],
      not: ['pool of candidates is large', 'swimming pool booked out'],
    },
  },
  {
    id: 'deadlock',
    title: 'transactions deadlock',
    pattern:
      /\b40P01\b|deadlock detected|Deadlock found when trying to get lock|ER_LOCK_DEADLOCK|deadlock victim/i,
    explains: 'mechanism',
    topics: ['database-lock', 'database', 'concurrency'],
    meaning:
      'Two transactions hold what the other one needs; the database ended one of them, and its work is undone.',
    fix: 'Take rows in one order everywhere (ORDER BY the key before FOR UPDATE), keep transactions short, and retry the one that was ended.',
    counterCheck:
      "The database's log names both statements: if they are of one kind only, the order within a batch differs.",
    next: 'rearguard database-performance-tracker analyze',
    examples: {
      matches: [
        'ERROR: deadlock detected',
        'ER_LOCK_DEADLOCK: Deadlock found when trying to get lock; try restarting transaction',
      ],
      not: ['deadlock detector started'],
    },
  },
  {
    id: 'lock-timeout',
    title: 'statements wait for a lock and give up',
    pattern:
      /\b55P03\b|due to lock timeout|Lock wait timeout exceeded|ER_LOCK_WAIT_TIMEOUT|could not obtain lock on|\bdatabase (?:table )?is locked\b|SQLITE_BUSY/i,
    explains: 'mechanism',
    topics: ['database-lock', 'database'],
    meaning: 'Another transaction holds the row or table for longer than these statements may wait.',
    fix: 'Find the first transaction of the blocking chain and end or shorten it; set idle_in_transaction_session_timeout; run schema changes with a short lock_timeout.',
    counterCheck: 'No chain of blocked sessions in the database at that time.',
    next: 'rearguard database-performance-tracker incident-mode',
    examples: {
      matches: [
        'canceling statement due to lock timeout',
        'Lock wait timeout exceeded; try restarting transaction',
        'SQLITE_BUSY: database is locked',
      ],
      not: ['the door is locked', 'account is locked'],
    },
  },
  {
    id: 'statement-timeout',
    title: 'statements run into their time limit',
    pattern:
      /\b57014\b|due to statement timeout|Query execution was interrupted, maximum statement execution time exceeded|ER_QUERY_TIMEOUT/i,
    explains: 'symptom',
    topics: ['database', 'database-lock'],
    meaning:
      'A statement took longer than its limit: a slow plan, a lock, or a database without time for it.',
    fix: 'See which statement it is and whether it waits or works.',
    counterCheck: 'The same statement takes as long when nothing else runs.',
    next: 'rearguard query-optimizer analyze',
    examples: {
      matches: ['ERROR: canceling statement due to statement timeout'],
      not: ['canceling statement due to user request'],
    },
  },
  {
    id: 'unique-violation',
    title: 'the same key is inserted twice, as by two requests at once',
    pattern:
      /\b23505\b|duplicate key value violates unique constraint|ER_DUP_ENTRY|Duplicate entry .{1,200} for key|UNIQUE constraint failed|\bP2002\b|\bE11000\b|UniqueViolation/i,
    explains: 'mechanism',
    topics: ['database', 'concurrency'],
    meaning:
      'A unique constraint refused a row. When it comes with traffic, two requests looked whether the row is there, and both then inserted it.',
    fix: 'Insert with ON CONFLICT (or upsert) and treat the conflict as the answer; checking first cannot be right under concurrency. An idempotency key stops clients that send twice.',
    counterCheck:
      'One value again and again: then a client repeats, or a sequence is behind its table (setval), and no race is needed.',
    next: 'rearguard load-tester quick-test',
    examples: {
      matches: [
        'duplicate key value violates unique constraint "users_email_key"',
        "ER_DUP_ENTRY: Duplicate entry 'x' for key 'users.email'",
      ],
      not: ['order 235051 not found', 'unique visitors: 7'],
    },
  },
  {
    id: 'schema-mismatch',
    title: 'code and database schema do not fit',
    pattern:
      /\b42703\b|\b42P01\b|column .{1,120} does not exist|relation .{1,120} does not exist|Unknown column|ER_BAD_FIELD_ERROR|ER_NO_SUCH_TABLE|no such (?:column|table)|\bP202[12]\b/i,
    explains: 'mechanism',
    topics: ['schema', 'database'],
    meaning:
      'A statement names a column or table that is not there: code that is ahead of its migration, or behind one that removed it.',
    fix: 'Bring the migration and the release into an order in which both versions of the code work (add, deploy, remove later).',
    counterCheck:
      'The column is there in the database this process is connected to (schema, search_path, replica).',
    next: null,
    examples: {
      matches: ['column orders.total_net does not exist', 'SQLITE_ERROR: no such column: total'],
      not: ['the file does not exist'],
    },
  },
  {
    id: 'serialization-failure',
    title: 'transactions cannot be serialised',
    pattern: /\b40001\b|could not serialize access/i,
    explains: 'mechanism',
    topics: ['database', 'concurrency'],
    meaning:
      'Under REPEATABLE READ or SERIALIZABLE two transactions changed the same rows; one must be tried again.',
    fix: 'Retry the whole transaction with a random pause; take hot rows with FOR UPDATE, or make the change one statement.',
    counterCheck: 'The rate does not follow the number of concurrent writers.',
    next: null,
    examples: {
      matches: ['could not serialize access due to concurrent update'],
      not: ['could not serialize object to JSON'],
    },
  },
  {
    id: 'read-only-database',
    title: 'writes reach a database that only reads',
    pattern:
      /\b25006\b|in a read-only transaction|server is running with the (?:--|super.)read.only|READONLY You can't write against a read only|ER_OPTION_PREVENTS_STATEMENT/i,
    explains: 'cause',
    topics: ['database'],
    meaning:
      'The server is a replica, or was made read-only, as after a failover that the application did not follow.',
    fix: 'Connect to the primary (target_session_attrs=read-write), and let pools drop connections after a failover.',
    counterCheck: 'The host in the connection string is the primary at this moment.',
    next: 'rearguard dependency-health-checker status',
    examples: {
      matches: [
        'cannot execute INSERT in a read-only transaction',
        "READONLY You can't write against a read only replica.",
      ],
      not: ['this page is read only'],
    },
  },
  {
    id: 'database-starting',
    title: 'the database was restarting or shutting down',
    pattern:
      /\b57P0[1-3]\b|the database system is (?:starting up|shutting down|in recovery mode)|terminating connection due to administrator command|server closed the connection unexpectedly/i,
    explains: 'mechanism',
    topics: ['database', 'dependency'],
    meaning:
      'The server ended its connections: restarted, failed over, or ended by an administrator or for want of memory.',
    fix: "See in the database's own log why it ended; let clients reconnect with a pause.",
    counterCheck: "The server's start time is before the errors.",
    next: 'rearguard database-performance-tracker current-state',
    examples: {
      matches: [
        'FATAL: the database system is starting up',
        'terminating connection due to administrator command',
      ],
      not: ['the system is starting up'],
    },
  },
];
