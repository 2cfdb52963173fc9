import { basename } from 'node:path';
import type { DatabaseTarget } from '../config/targets.ts';
import { formatDuration } from '../core/duration.ts';
import { formatSize } from '../core/size.ts';
import type { Clock } from '../platform/clock.ts';
import { sqlitePath } from '../platform/sql/database-url.ts';
import type { Sandboxes } from '../platform/postgres/sandbox-types.ts';
import type { SqlSession } from '../platform/sql/types.ts';
import { readPermissions } from '../tools/_shared/database/postgres/permissions.ts';
import { readServer } from '../tools/_shared/database/postgres/server.ts';
import type { Examination } from './doctor-data.ts';
import type { World } from './world.ts';

const TIMEOUT_MS = 5_000;
/** Times of two machines that differ by more make "before and after the deployment" uncertain. */
const SKEW_WARN_MS = 2_000;

/** Who we are in a database and what that lets us see; for one on another machine, what its clock says. */
export async function examineDatabase(
  name: string,
  target: DatabaseTarget,
  { sql, sandboxes }: Pick<World, 'sql' | 'sandboxes'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Examination[]> {
  const session = await sql.open(target.url, { statementTimeoutMs: TIMEOUT_MS, signal });
  try {
    switch (session.dialect) {
      case 'postgresql':
        return [...(await examinePostgres(name, session, clock)), await sandboxRow(name, session, sandboxes)];
      case 'sqlite':
        return [await examineSqlite(name, target, session)];
      default:
        return await examineMysql(name, session, clock);
    }
  } finally {
    await session.close();
  }
}

interface Role extends Record<string, unknown> {
  name: string;
  is_superuser: boolean;
  can_monitor: boolean;
  now_ms: number;
}

const ROLE_SQL = `
  SELECT current_user::text AS name, rolsuper AS is_superuser,
         pg_has_role(current_user, 'pg_monitor', 'MEMBER') AS can_monitor,
         (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
  FROM pg_roles WHERE rolname = current_user`;

async function examinePostgres(name: string, session: SqlSession, clock: Clock): Promise<Examination[]> {
  const askedAtMs = clock.wallMs();
  const [role] = await session.query<Role>(ROLE_SQL);
  const answeredAtMs = clock.wallMs();
  const server = `PostgreSQL ${session.serverVersion}`;
  if (!role) return [{ name, result: 'warn', detail: `${server}; the role cannot be read.` }];
  return [
    postgresRole(name, server, role),
    ...(await missingRights(name, session, clock)),
    skewRow(name, role.now_ms - (askedAtMs + answeredAtMs) / 2),
  ];
}

/** What stays unknown to the database tools, and the statement that changes it. */
async function missingRights(name: string, session: SqlSession, clock: Clock): Promise<Examination[]> {
  const missing = await readPermissions(session, await readServer(session, clock.wallMs()));
  return (
    missing
      // The row of the role says so already.
      .filter(({ grant }) => !grant.includes('pg_monitor'))
      .map(({ reason, grant, topics, also }) => ({
        name: `${name} rights`,
        result: 'warn',
        detail: `${reason}; unknown therefore: ${[...also, ...topics].join(', ')}`,
        hint: grant,
      }))
  );
}

function postgresRole(name: string, server: string, role: Role): Examination {
  const detail = `${server} as ${role.name}`;
  if (role.is_superuser) {
    return {
      name,
      result: 'warn',
      detail: `${detail}, a superuser`,
      hint: 'Give Rearguard a role with pg_monitor and nothing more: a superuser can reach beyond a read-only transaction.',
    };
  }
  return role.can_monitor
    ? { name, result: 'ok', detail: `${detail}, with pg_monitor` }
    : {
        name,
        result: 'warn',
        detail: `${detail}, without pg_monitor`,
        hint: `GRANT pg_monitor TO ${JSON.stringify(role.name)};`,
      };
}

/** Whether advice about its queries can be planned and proven beside it. */
async function sandboxRow(
  target: string,
  { serverVersion }: SqlSession,
  sandboxes: Sandboxes,
): Promise<Examination> {
  const name = `${target} sandbox`;
  const major = Number.parseInt(serverVersion, 10);
  return (await sandboxes.majors()).includes(major)
    ? { name, result: 'ok', detail: `PostgreSQL ${major} is here to plan and prove index advice with` }
    : {
        name,
        result: 'warn',
        detail: `there is no PostgreSQL ${major} here to plan and prove index advice with`,
        hint: sandboxes.installCommand(major),
      };
}

interface Server extends Record<string, unknown> {
  name: string;
  instruments: number;
  now_ms: number | string;
}

const SERVER_SQL = `
  SELECT CURRENT_USER() AS name, @@performance_schema AS instruments,
         CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS DOUBLE) AS now_ms`;

/** Of all privileges, these let a session do more than read, whatever its transaction says. */
const DANGEROUS = /\b(?:ALL PRIVILEGES|SUPER|FILE|SHUTDOWN|INSERT|UPDATE|DELETE|DROP|CREATE|ALTER)\b/;

async function examineMysql(name: string, session: SqlSession, clock: Clock): Promise<Examination[]> {
  const askedAtMs = clock.wallMs();
  const [server] = await session.query<Server>(SERVER_SQL);
  const answeredAtMs = clock.wallMs();
  const grants = (await session.query<Record<string, string>>('SHOW GRANTS')).flatMap(Object.values);
  const detail = `${session.dialect === 'mariadb' ? 'MariaDB' : 'MySQL'} ${session.serverVersion} as ${server?.name ?? '?'}`;
  const account = (server?.name ?? '')
    .split('@')
    .map((part) => `'${part}'`)
    .join('@');
  const rows: Examination[] = [];
  if (grants.some((grant) => DANGEROUS.test(grant.replace(/ TO .*/s, '')))) {
    rows.push({
      name,
      result: 'warn',
      detail: `${detail}, which may write`,
      hint: 'Give Rearguard an account with SELECT and PROCESS and nothing more.',
    });
  } else if (grants.some((grant) => /\bPROCESS\b/.test(grant))) {
    rows.push({ name, result: 'ok', detail: `${detail}, with PROCESS` });
  } else {
    const hint = `GRANT PROCESS ON *.* TO ${account};`;
    rows.push({ name, result: 'warn', detail: `${detail}, without PROCESS`, hint });
  }
  if (server?.instruments === 0) {
    rows.push({
      name: `${name} statistics`,
      result: 'warn',
      detail: 'performance_schema is off: the server counts no statements',
      hint: 'Set performance_schema=ON in its configuration and restart it.',
    });
  }
  rows.push(skewRow(name, Number(server?.now_ms) - (askedAtMs + answeredAtMs) / 2));
  return rows;
}

async function examineSqlite(
  name: string,
  target: DatabaseTarget,
  session: SqlSession,
): Promise<Examination> {
  const [file] = await session.query<{ bytes: number; mode: string }>(
    'SELECT page_count * page_size AS bytes, journal_mode AS mode FROM pragma_page_count, pragma_page_size, pragma_journal_mode',
  );
  const size = file === undefined ? '' : `, ${formatSize(file.bytes)}, journal mode ${file.mode}`;
  return {
    name,
    result: 'ok',
    detail: `${basename(sqlitePath(target.url))}${size}; read by SQLite ${session.serverVersion}`,
  };
}

/** Half the way there and back is the most we can be wrong by. */
function skewRow(name: string, skewMs: number): Examination {
  const detail = `its clock is ${formatDuration(Math.abs(skewMs))} ${skewMs < 0 ? 'behind' : 'ahead of'} ours`;
  return Math.abs(skewMs) < SKEW_WARN_MS
    ? { name: `${name} clock`, result: 'ok', detail }
    : { name: `${name} clock`, result: 'warn', detail, hint: 'Keep both machines on NTP.' };
}
