import type { Connection, ConnectionOptions } from 'mysql2';
import { DeadlineError } from './deadline.ts';
import { OWN_APPLICATION_NAME } from './marker.ts';
import type { MysqlAddress, MysqlTls } from './mysql-address.ts';

/** One connection that a deadline or an abort ends, whatever waits on it. */
export interface MysqlConnection {
  /** Rows of one statement; anything else than rows is an empty list. */
  rows: (sql: string, parameters?: readonly unknown[]) => Promise<Record<string, unknown>[]>;
  /** Runs the work; when it takes longer, the connection is destroyed and the work fails with DeadlineError. */
  within: <T>(limitMs: number, work: () => Promise<T>) => Promise<T>;
  close: () => Promise<void>;
}

const CLOSE_TIMEOUT_MS = 2_000;

/** Fails with the driver's errors, a DeadlineError, or the signal's reason. */
export async function openMysqlConnection(
  address: MysqlAddress,
  options: { connectTimeoutMs: number; signal: AbortSignal },
): Promise<MysqlConnection> {
  try {
    return await openOnce(address, address.tls.use !== 'no', options);
  } catch (error) {
    if (address.tls.use !== 'preferred' || codeOf(error) !== 'HANDSHAKE_NO_SSL_SUPPORT') throw error;
    return openOnce(address, false, options);
  }
}

async function openOnce(
  address: MysqlAddress,
  isEncrypted: boolean,
  { connectTimeoutMs, signal }: { connectTimeoutMs: number; signal: AbortSignal },
): Promise<MysqlConnection> {
  signal.throwIfAborted();
  const { createConnection } = await import('mysql2');
  const connection = createConnection(connectionOptions(address, isEncrypted, connectTimeoutMs));
  // The driver forgets the callbacks of what was under way when a connection is destroyed: ours end by this.
  let end: (reason: Error) => void = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    end = (reason) => {
      connection.destroy();
      reject(reason);
    };
  });
  ended.catch(() => undefined);
  // A connection lost between two queries shows at the next one.
  connection.on('error', (error: Error) => end(error));
  const abort = (): void => end(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });

  const within = async <T>(limitMs: number, work: () => Promise<T>): Promise<T> => {
    const timer = setTimeout(() => end(new DeadlineError(limitMs)), limitMs);
    try {
      return await Promise.race([work(), ended]);
    } finally {
      clearTimeout(timer);
    }
  };
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', abort);
    await within(CLOSE_TIMEOUT_MS, () => connection.promise().end()).catch(() => undefined);
    connection.destroy();
  };

  try {
    await within(connectTimeoutMs, () => connected(connection));
  } catch (error) {
    await close();
    throw error;
  }
  return { rows: (sql, parameters = []) => rowsOf(connection, sql, parameters), within, close };
}

/** Values are sent apart from the text (a prepared statement), so that no mode of the server can misread them. */
async function rowsOf(
  connection: Connection,
  sql: string,
  parameters: readonly unknown[],
): Promise<Record<string, unknown>[]> {
  const client = connection.promise();
  const [rows] =
    parameters.length === 0 ? await client.query(sql) : await client.execute(sql, [...parameters] as never);
  return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
}

function connected(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
}

function connectionOptions(
  { host, port, socketPath, user, password, database, tls }: MysqlAddress,
  isEncrypted: boolean,
  connectTimeoutMs: number,
): ConnectionOptions {
  return {
    host,
    port,
    ...(socketPath === undefined ? {} : { socketPath }),
    user,
    password,
    ...(database === '' ? {} : { database }),
    ...(isEncrypted ? { ssl: sslOptions(tls) } : {}),
    charset: 'utf8mb4_general_ci',
    connectTimeout: connectTimeoutMs,
    multipleStatements: false,
    // A hostile server could ask for any file of this machine.
    flags: ['-LOCAL_FILES'],
    connectAttributes: { program_name: OWN_APPLICATION_NAME },
    // Dates in the server's own words: its time zone is not ours.
    dateStrings: true,
    jsonStrings: true,
    supportBigNumbers: true,
    trace: false,
  };
}

function sslOptions({ verify }: MysqlTls): NonNullable<Exclude<ConnectionOptions['ssl'], string>> {
  return { rejectUnauthorized: verify !== 'none', verifyIdentity: verify === 'identity' };
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | undefined)?.code;
}
