import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Told by the URL alone; whether a MySQL server is really MariaDB only its version says. */
export type DatabaseFamily = 'postgresql' | 'mysql' | 'sqlite';

export const DATABASE_SCHEMES = /^(?:postgres|postgresql|mysql|mariadb|sqlite):/i;
export const DATABASE_URL_EXPECTED = 'a postgres://, mysql://, mariadb:// or sqlite: URL';

/**
 * The URL as the server's makers write it. In the variables of a backend it often has the form of its client:
 * `postgresql+asyncpg://` (SQLAlchemy), `mysql2://` (Rails), `jdbc:postgresql://` (Java).
 */
export function plainDatabaseUrl(url: string): string {
  return url
    .replace(/^jdbc:(?=(?:postgresql|mysql|mariadb):)/i, '')
    .replace(/^(postgres|postgresql|mysql|mariadb)\+[a-z0-9_]+:/i, '$1:')
    .replace(/^mysql2:/i, 'mysql:');
}

/** undefined for a URL of anything else. */
export function databaseFamily(url: string): DatabaseFamily | undefined {
  if (/^postgres(?:ql)?:/i.test(url)) return 'postgresql';
  if (/^(?:mysql|mariadb):/i.test(url)) return 'mysql';
  return /^sqlite:/i.test(url) ? 'sqlite' : undefined;
}

/**
 * `sqlite:./data/app.db` with its path made absolute, as `sqlite:///srv/data/app.db`. Parameters of other programs
 * (`?mode=rwc`) are dropped: how a file is opened is for us to say.
 */
export function absoluteSqliteUrl(url: string, directory: string): string {
  return pathToFileURL(resolve(directory, writtenPath(url))).href.replace(/^file:/, 'sqlite:');
}

/** The path in an absolute SQLite URL. */
export function sqlitePath(url: string): string {
  return fileURLToPath(url.replace(/^sqlite:/i, 'file:'));
}

function writtenPath(url: string): string {
  const path = url.replace(/^sqlite:(?:\/\/(?=\/))?/i, '').replace(/[?#].*$/s, '');
  // `sqlite:///C:/data/app.db`
  const local = /^\/[a-z]:[\\/]/i.test(path) && process.platform === 'win32' ? path.slice(1) : path;
  try {
    return decodeURIComponent(local);
  } catch {
    return local;
  }
}
