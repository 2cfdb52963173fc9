/** A defect that shows only with requests side by side, as bodies of failed responses name it. */
export interface ConcurrencyCause {
  name: string;
  fix: string;
  steps: string[];
}

const CAUSES: readonly (ConcurrencyCause & { words: RegExp })[] = [
  {
    // SQLSTATE 23505; MySQL 1062; SQLite; MongoDB E11000; ORMs (Prisma P2002, Sequelize).
    words:
      /duplicate (?:key|entry)|unique (?:constraint|violation|index)|23505|ER_DUP_ENTRY|E11000|UNIQUE constraint failed|P2002|UniqueConstraintError|already exists/i,
    name: 'a unique violation',
    fix: 'Two requests look whether a row is there, both see none, and both insert: let the database decide with INSERT … ON CONFLICT, or lock what is decided about.',
    steps: [
      'Replace "select, then insert" with `INSERT … ON CONFLICT … DO UPDATE` (PostgreSQL, SQLite) or `ON DUPLICATE KEY UPDATE` (MySQL).',
      'Where the insert is right to fail, answer 409 and not 500.',
    ],
  },
  {
    words: /deadlock|40P01|ER_LOCK_DEADLOCK|Lock wait timeout/i,
    name: 'a deadlock',
    fix: 'Transactions take the same locks in different orders: take them in one order everywhere, keep transactions short, and try again after 40P01.',
    steps: ['`rearguard db incident-mode` shows who waits for whom while the load runs.'],
  },
  {
    words:
      /could not serialize|40001|serialization failure|concurrent update|StaleObjectState|OptimisticLock|version conflict/i,
    name: 'a serialization failure',
    fix: 'The database refused one of two transactions that could not have run one after the other: try such a transaction again.',
    steps: [],
  },
  {
    words:
      /too many (?:clients|connections)|53300|ER_CON_COUNT|remaining connection slots|timeout exceeded when trying to connect|pool (?:is )?(?:exhausted|timeout|full)|acquir\w* (?:a )?connection|ResourceRequest timed out|P2024|QueuePool limit/i,
    name: 'an exhausted pool',
    fix: 'Requests wait for a connection of a pool until they give up: hold connections shorter, or size the pool for the load and the database for the pool.',
    steps: ['Look for a connection that is kept while something else is waited for (another API, a user).'],
  },
  {
    words: /EMFILE|too many open files/i,
    name: 'too many open files',
    fix: 'The process has no file descriptor left: raise its limit, and look for sockets and files that are not closed.',
    steps: [],
  },
];

/** null: the body names none. What it says is data of the server, matched and nothing else. */
export function causeOf(body: string | null): ConcurrencyCause | null {
  if (body === null) return null;
  return CAUSES.find(({ words }) => words.test(body)) ?? null;
}
