import type { Client } from 'pg';
import { RearguardError, reasonOf } from '../../core/errors.ts';
import { formatSize } from '../../core/size.ts';
import { systemClock } from '../clock.ts';
import { parseAddress } from './address.ts';
import { openConnection, type SqlConnection } from './connection.ts';
import { OWN_STATEMENT_MARK } from './marker.ts';
import { copyIn, copyOut } from './copy-protocol.ts';

/** Rows of one query into one table. */
export interface TableCopy {
  /** A single SELECT. */
  select: string;
  /** Table and columns, quoted: `"public"."orders" ("id", "total")`. */
  into: string;
}

export interface CopyLimits {
  /** Over all tables; more than that ends the copy with an error. */
  maxBytes: number;
  /** So that the user's server and network hardly notice. */
  maxBytesPerSecond: number;
  /** For one table. */
  statementTimeoutMs: number;
}

export interface CopyResult {
  rows: number;
  bytes: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
const LOCK_TIMEOUT_MS = 1_000;

/**
 * Copies rows between two servers without keeping them here. All of it is read in one REPEATABLE READ, READ ONLY
 * transaction, so that tables fit each other. Throws E_SANDBOX; nothing is left of a table that failed.
 */
export async function copyTables(
  url: string,
  target: Client,
  tables: readonly TableCopy[],
  limits: CopyLimits,
  signal: AbortSignal,
): Promise<CopyResult[]> {
  const address = parseAddress(url);
  const settings = {
    default_transaction_read_only: 'on',
    statement_timeout: limits.statementTimeoutMs,
    lock_timeout: LOCK_TIMEOUT_MS,
    // The text form of values must not depend on the role: it is read by another server.
    client_encoding: 'UTF8',
    datestyle: 'ISO',
    intervalstyle: 'postgres',
    extra_float_digits: 3,
  };
  const startupOptions = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  let source: SqlConnection | undefined;
  try {
    source = await openConnection(address, {
      startupOptions: [address.options, ...startupOptions].join(' ').trim(),
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      signal,
    });
    await source.client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const flow = boundedFlow(source, limits);
    const results: CopyResult[] = [];
    for (const table of tables) results.push(await copyTable(source, target, table, flow));
    return results;
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof RearguardError) throw cause;
    throw new RearguardError(
      'E_SANDBOX',
      { reason: address.redact(`copying rows out of ${address.label}: ${reasonOf(cause)}`) },
      { cause },
    );
  } finally {
    await source?.close();
  }
}

async function copyTable(
  source: SqlConnection,
  target: Client,
  { select, into }: TableCopy,
  flow: Flow,
): Promise<CopyResult> {
  const writer = await copyIn(target, `COPY ${into} FROM STDIN`);
  let bytes = 0;
  try {
    await copyOut(source.client, `${OWN_STATEMENT_MARK} COPY (${select}) TO STDOUT`, (chunk) => {
      bytes += chunk.length;
      flow.passed(chunk.length);
      writer.write(chunk);
      flow.holdBack(target);
    });
  } catch (error) {
    await writer.cancel('the source failed');
    throw error;
  }
  return { rows: await writer.end(), bytes };
}

interface Flow {
  /** Counts what came; ends the source's connection when it is too much. */
  passed(bytes: number): void;
  /** Stops reading while the target has not taken what it was given, or while it came too fast. */
  holdBack(target: Client): void;
}

function boundedFlow({ client }: SqlConnection, { maxBytes, maxBytesPerSecond }: CopyLimits): Flow {
  const startedAtMs = systemClock.monotonicMs();
  const input = client.connection.stream;
  let total = 0;
  let held = false;
  const release = (): void => {
    held = false;
    input.resume();
  };
  return {
    passed(bytes) {
      total += bytes;
      if (total <= maxBytes) return;
      const reason = `there are more rows than the ${formatSize(maxBytes)} that may be copied`;
      input.destroy(new RearguardError('E_SANDBOX', { reason, hint: 'Allow more, or name fewer tables.' }));
    },
    holdBack(target) {
      if (held) return;
      const output = target.connection.stream;
      const aheadMs = (total / maxBytesPerSecond) * 1_000 - (systemClock.monotonicMs() - startedAtMs);
      if (output.writableNeedDrain) output.once('drain', release);
      else if (aheadMs > 0) systemClock.after(aheadMs, release);
      else return;
      held = true;
      input.pause();
    },
  };
}
