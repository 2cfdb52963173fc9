import type { Rule } from '../../../core/finding.ts';
import { TOOL } from './tool.ts';

/** Rules about what is stored: caches, checkpoints, vacuum, statistics, counters of keys, and the settings behind them. */
export const STORAGE_RULES = {
  cacheMisses: {
    id: `${TOOL}/cache-misses`,
    title: 'A table is read from outside the cache all the time',
    severity: 'medium',
    help: "In the window at least 10 % of the pages of this table and its indexes were not in the server's cache, 512 kB a second or more, and a good part of all misses; and it is not the first warm-up: the table is larger than the cache, or pages were read again, or the server is warm. Medium from 8 MB a second. Always of a window: a ratio over the life of a server hides today. The operating system may still have had the pages.",
    fix: 'Find who reads so much of it: usually a scan that an index would shorten. More shared_buffers only helps when what is needed would fit.',
    examples: {
      reports: '64 % of 180,000 pages of public.events were read anew in 10 s.',
      silent: 'A server was started a minute ago and reads 300 pages of a table for the first time.',
    },
  },
  checkpointsForced: {
    id: `${TOOL}/checkpoints-forced`,
    title: 'Checkpoints are forced by the amount of WAL',
    severity: 'medium',
    help: 'In the window more checkpoints were requested than came by their timer, and at least two. Each makes the server write every dirty page at once, and the first change of every page after it writes the page whole into the WAL.',
    fix: 'Raise max_wal_size so that checkpoints come by checkpoint_timeout; the disk must have room for it.',
    examples: {
      reports:
        '14 of 15 checkpoints of the hour were requested; max_wal_size is 1GB, 22 GB of WAL were written.',
      silent: 'One CHECKPOINT before a backup, or a server without writes.',
    },
  },
  vacuumDebt: {
    id: `${TOOL}/vacuum-debt`,
    title: 'Autovacuum does not keep up with a table',
    severity: 'medium',
    help: 'Its dead rows are at least twice the number at which autovacuum is due (threshold plus scale factor times rows, with the options of the table itself), and at least 10,000; no vacuum runs on it now. High when autovacuum is off for it, info when it may be on its way.',
    fix: 'VACUUM it now; then let autovacuum come sooner for this table, or end what holds its dead rows back.',
    examples: {
      reports:
        '1.4 million dead rows in public.jobs, a vacuum was due at 84,000, and autovacuum_enabled is false.',
      silent: 'Dead rows just above the trigger: the next round of autovacuum takes them.',
    },
  },
  wraparound: {
    id: `${TOOL}/wraparound`,
    title: 'Transaction ids come close to their end',
    severity: 'high',
    help: 'The oldest transaction id, or multixact id, of the database is past autovacuum_freeze_max_age by a half, or above 40 % of the two billion; critical above 75 %. At the end the server refuses writes. The time left follows from the rate in the window.',
    fix: 'End what holds the oldest id back (a session, a slot, a prepared transaction), then VACUUM (FREEZE) the oldest tables.',
    examples: {
      reports: 'The oldest id is 1.1 billion transactions old; at 900 a second 11 days are left.',
      silent: 'An age of 180 million under autovacuum_freeze_max_age = 200 million is everyday.',
    },
  },
  bloat: {
    id: `${TOOL}/bloat`,
    title: 'More than half of a table is empty space',
    severity: 'medium',
    help: "The file of the table is at least twice as large as its rows need by the planner's statistics (widths, null shares, alignment, fill factor), and at least 10 MB are empty or dead. An estimate, made only from fresh statistics and without TOAST; `--deep` counts with pgstattuple where that is installed.",
    fix: 'Plain VACUUM makes the space usable again and keeps the file. To shrink it, rewrite the table at a quiet time (pg_repack, or VACUUM FULL under an exclusive lock).',
    examples: {
      reports: 'public.sessions has 412 MB for rows that need 90 MB.',
      silent: 'A table of 3 MB that is mostly empty, or one whose statistics are old.',
    },
  },
  staleStatistics: {
    id: `${TOOL}/stale-statistics`,
    title: 'The planner works with old statistics of a table',
    severity: 'medium',
    help: 'More rows were changed since the last ANALYZE than the table had then, and five times what autoanalyze waits for; or the planner believes in a number of rows ten times off the counted one; or the table has rows and was never analysed. At least 1,000 rows. Info where autoanalyze is on and may be on its way, medium where it is off or did not come in three rounds.',
    fix: 'ANALYZE the table; then find out why autoanalyze does not.',
    examples: {
      reports:
        '240,000 rows changed since the last ANALYZE of public.orders, which has 60,000; autoanalyze is off for it.',
      silent: '8 % of a table changed: below the trigger of autoanalyze.',
    },
  },
  settingContradicted: {
    id: `${TOOL}/setting-contradicted`,
    title: 'A setting contradicts what was measured',
    severity: 'medium',
    help: 'Only settings that evidence speaks against: autovacuum off, fsync off, track_counts off, full_page_writes off, a work_mem that several statements spill under, shared_buffers at its small default while tables are read into it again and again. Info only: no idle_in_transaction_session_timeout while transactions idle, track_io_timing off, and fsync off on this machine. No rules of thumb. (A max_wal_size that forces checkpoints has a rule of its own.)',
    fix: 'Change the setting as the finding says, reload, and look again.',
    examples: {
      reports: 'Five statements wrote 900 MB of temporary files in the hour under work_mem = 4MB.',
      silent: 'work_mem = 4MB, and nothing spills.',
    },
  },
  sequenceOverflow: {
    id: `${TOOL}/sequence-overflow`,
    title: 'A key runs out of numbers',
    severity: 'high',
    help: 'A sequence, identity or integer key has used 90 % of what its narrowest column can hold (low from 80 %, critical from 98 %): the limit of the sequence, of the column it fills, or of a smaller column that refers to it. At the end every insert fails.',
    fix: 'Widen the column and all that refer to it to bigint while there is time: add a bigint column, fill it in batches, swap.',
    examples: {
      reports: 'public.events.id is integer and its sequence stands at 1,975,000,000 of 2,147,483,647.',
      silent: 'A bigint key at any number, or a cycling sequence.',
    },
  },
} as const satisfies Record<string, Rule>;
