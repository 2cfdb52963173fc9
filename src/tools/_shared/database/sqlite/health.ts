import type { SqlSession } from '../../../../platform/sql/types.ts';
import type { SqlitePages } from './catalog.ts';

/** In what shape a SQLite file is; all of it cheap but `pages`, which walks the file. */
export interface SqliteHealth {
  pageBytes: number;
  pageCount: number;
  /** Pages that hold nothing and that only VACUUM gives back. */
  freePages: number;
  autoVacuum: 'none' | 'full' | 'incremental';
  /** `delete`, `wal`, … */
  journalMode: string;
  /** Pages of each table and index; null when the file is too large to walk. */
  pages: SqlitePages;
}

/** Walking more would take longer than a look may. */
const MAX_WALKED_BYTES = 1_000_000_000;
const AUTO_VACUUM = ['none', 'full', 'incremental'] as const;

export async function readSqliteHealth(session: SqlSession): Promise<SqliteHealth> {
  const [row] = await session.query<{
    page_size: number;
    page_count: number;
    freelist_count: number;
    auto_vacuum: number;
    journal_mode: string;
  }>(`SELECT page_size, page_count, freelist_count, auto_vacuum, journal_mode
      FROM pragma_page_size, pragma_page_count, pragma_freelist_count, pragma_auto_vacuum, pragma_journal_mode`);
  const pageBytes = row?.page_size ?? 4_096;
  const pageCount = row?.page_count ?? 0;
  return {
    pageBytes,
    pageCount,
    freePages: row?.freelist_count ?? 0,
    autoVacuum: AUTO_VACUUM[row?.auto_vacuum ?? 0] ?? 'none',
    journalMode: row?.journal_mode ?? '',
    pages: pageBytes * pageCount > MAX_WALKED_BYTES ? null : await readPages(session),
  };
}

async function readPages(session: SqlSession): Promise<SqlitePages> {
  const rows = await session
    .query<{ name: string; pages: number }>('SELECT name, pageno AS pages FROM dbstat WHERE aggregate = TRUE')
    .catch(() => null);
  return rows === null ? null : new Map(rows.map(({ name, pages }) => [name, pages]));
}
