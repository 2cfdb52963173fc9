import { Socket } from 'node:net';
import { Client } from 'pg';
import type { DatabaseAddress } from './address.ts';
import { OWN_APPLICATION_NAME } from './marker.ts';
import { DeadlineError } from './deadline.ts';

/** One connection whose socket is ours, so that a deadline or an abort ends whatever waits on it. */
export interface SqlConnection {
  client: Client;
  /** Runs the work; when it takes longer, the connection is destroyed and the work fails with DeadlineError. */
  within: <T>(limitMs: number, work: () => Promise<T>) => Promise<T>;
  /** It has ended, whoever ended it. */
  lost: () => boolean;
  close: () => Promise<void>;
}

const CLOSE_TIMEOUT_MS = 2_000;

/** Fails with the driver's errors, a DeadlineError, or the signal's reason. */
export async function openConnection(
  address: DatabaseAddress,
  options: { startupOptions: string; connectTimeoutMs: number; signal: AbortSignal },
): Promise<SqlConnection> {
  const { signal } = options;
  signal.throwIfAborted();
  const socket = new Socket();
  const client = new Client({
    connectionString: address.connectionString,
    options: options.startupOptions,
    application_name: OWN_APPLICATION_NAME,
    keepAlive: true,
    stream: () => socket,
  });
  // A connection lost between two queries shows at the next one.
  let ended = false;
  client
    .on('error', () => undefined)
    .on('end', () => {
      ended = true;
    });
  const abort = (): void => void socket.destroy(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });

  const within = async <T>(limitMs: number, work: () => Promise<T>): Promise<T> => {
    const timer = setTimeout(() => socket.destroy(new DeadlineError(limitMs)), limitMs);
    try {
      return await work();
    } catch (error) {
      // Whatever the driver says of a connection that was cut: this is why it was.
      signal.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', abort);
    await within(CLOSE_TIMEOUT_MS, () => client.end()).catch(() => undefined);
    socket.destroy();
  };

  try {
    await within(options.connectTimeoutMs, () => client.connect());
  } catch (error) {
    await close();
    throw error;
  }
  return { client, within, lost: () => ended || socket.destroyed, close };
}
