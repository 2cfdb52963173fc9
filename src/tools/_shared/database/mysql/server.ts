import type { SqlSession } from '../../../../platform/sql/types.ts';

/** What a MySQL or MariaDB server says of itself: its variables and counters, with the time they are of. */
export interface MysqlServer {
  dialect: 'mysql' | 'mariadb';
  version: string;
  /** By the server's clock, in whole seconds: the same as long as it runs. */
  startedAtMs: number;
  uptimeMs: number;
  /** Account we are, as the grants of the server write it: `'reader'@'%'`. */
  account: string;
  /** Names in lower case. */
  variables: ReadonlyMap<string, string>;
  /** Global counters, names in lower case; those that are no numbers are left out. */
  status: ReadonlyMap<string, number>;
}

interface Named extends Record<string, unknown> {
  Variable_name: string;
  Value: string;
}

export async function readServer(session: SqlSession): Promise<MysqlServer> {
  const status = await session.query<Named>('SHOW GLOBAL STATUS');
  // Uptime counts up to the beginning of the statement that asks, as UNIX_TIMESTAMP() does: their difference stays.
  const source = session.dialect === 'mariadb' ? 'information_schema' : 'performance_schema';
  const [self] = await session.query<{ started_seconds: number | string | null; account: string }>(
    `SELECT UNIX_TIMESTAMP() - (SELECT VARIABLE_VALUE FROM ${source}.global_status WHERE VARIABLE_NAME = 'UPTIME')
       AS started_seconds, CURRENT_USER() AS account`,
  );
  const variables = await session.query<Named>('SHOW GLOBAL VARIABLES');
  const counters = new Map(
    status
      .map(({ Variable_name, Value }) => [Variable_name.toLowerCase(), Number(Value)] as const)
      .filter(([, value]) => Number.isFinite(value)),
  );
  const uptimeMs = (counters.get('uptime') ?? 0) * 1_000;
  return {
    dialect: session.dialect === 'mariadb' ? 'mariadb' : 'mysql',
    version: session.serverVersion,
    startedAtMs: Math.round(Number(self?.started_seconds ?? 0)) * 1_000,
    uptimeMs,
    account: quoteAccount(self?.account ?? ''),
    variables: new Map(variables.map(({ Variable_name, Value }) => [Variable_name.toLowerCase(), Value])),
    status: counters,
  };
}

/** `'reader'@'%'` */
export function quoteAccount(account: string): string {
  const at = account.lastIndexOf('@');
  const parts = at === -1 ? [account] : [account.slice(0, at), account.slice(at + 1)];
  return parts.map((part) => `'${part.replaceAll("'", "''")}'`).join('@');
}

export function isOn(value: string | undefined): boolean {
  return value !== undefined && /^(?:on|1|yes)$/i.test(value);
}

/** Has at least this version; `mariadb` and `mysql` count apart. */
export function isAtLeast({ version }: Pick<MysqlServer, 'version'>, wanted: string): boolean {
  const [have, want] = [version, wanted].map((text) => text.split('.').map(Number));
  for (const [index, part] of (want ?? []).entries()) {
    const own = have?.[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}
