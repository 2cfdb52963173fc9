import type { Socket } from 'node:net';
import { abortable } from '../deadline.ts';
import { ProbeFailure } from '../failure.ts';
import type { PhaseRecorder } from '../phases.ts';
import type { StopSignal } from '../stop-signal.ts';

/** More than any opening conversation needs; a peer that sends on without end is not speaking the protocol. */
const MAX_PENDING_BYTES = 1_048_576;
/** Longest text without its delimiter. */
const MAX_LINE_BYTES = 65_536;

/**
 * Bytes to and fro over one socket, under the probe's deadline: what waits is ended by the signal, and the phase tells
 * what it waited for. Reads are in order and consume what they return.
 */
export interface Conversation {
  send(bytes: string | Uint8Array): void;
  /** Exactly so many bytes. A length that no opening conversation has, negative or huge, is a protocol error. */
  read(length: number): Promise<Buffer>;
  /** Up to and including the delimiter; the delimiter is cut off. */
  readUntil(delimiter: string): Promise<Buffer>;
  /** Whatever comes next, at least one byte. */
  readSome(): Promise<Buffer>;
  /** What has come and was not read; it stays unread. To show what was sent instead of the expected. */
  unread(): Buffer;
  /** Bytes that came so far, before encryption where there is one. */
  readonly bytesReceived: number;
  /**
   * Hands the socket over, to put TLS on it. Continue with the new socket. Bytes that came and were not read would count
   * as if they had been encrypted, so they are a protocol error.
   */
  replaceSocket(upgrade: (socket: Socket) => Promise<Socket>): Promise<void>;
  /** Closes, after what was sent has left. */
  end(): void;
}

export function converse(first: Socket, phases: PhaseRecorder, signal: StopSignal): Conversation {
  let socket = first;
  let pending: Buffer = Buffer.alloc(0);
  let bytesReceived = 0;
  let ended: Error | undefined;
  let wake = (): void => undefined;

  function onData(chunk: Buffer): void {
    // An answer that nobody waits for yet has a first byte too.
    if (bytesReceived === 0) phases.enter('ttfb');
    phases.enter('transfer');
    bytesReceived += chunk.length;
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    if (pending.length > MAX_PENDING_BYTES) {
      ended ??= new ProbeFailure('protocol-error', 'the other side sends more than the protocol allows');
      socket.destroy();
    }
    wake();
  }
  function onError(error: Error): void {
    ended ??= error;
    wake();
  }
  function onClose(): void {
    ended ??=
      bytesReceived > 0
        ? new ProbeFailure('reset', 'the connection was closed in the middle of the conversation')
        : new ProbeFailure('reset', 'the connection was accepted and closed without a byte');
    wake();
  }
  function attach(next: Socket): void {
    socket = next;
    socket.on('data', onData);
    socket.on('error', onError);
    socket.on('close', onClose);
    socket.on('end', onClose);
  }
  function detach(): void {
    socket.off('data', onData);
    socket.off('end', onClose);
    socket.off('close', onClose);
    // The error listener stays: an error nobody waits for must not end the process.
  }

  /** Waits until `take` finds what it needs in the bytes that came. */
  async function waitFor(take: () => Buffer | undefined): Promise<Buffer> {
    for (;;) {
      const taken = take();
      if (taken !== undefined) return taken;
      if (ended !== undefined) throw ended;
      phases.enter(bytesReceived > 0 ? 'transfer' : 'ttfb');
      await abortable<void>(signal, (resolve) => {
        wake = resolve;
        return () => socket.destroy();
      });
    }
  }

  function takeFirst(length: number, skip = 0): Buffer {
    const taken = pending.subarray(0, length);
    pending = pending.subarray(length + skip);
    return taken;
  }

  attach(first);
  return {
    send(bytes) {
      if (bytesReceived === 0) phases.enter('request');
      socket.write(bytes);
    },
    async read(length) {
      // Written so that NaN does not pass.
      if (!(length >= 0 && length <= MAX_PENDING_BYTES)) {
        throw new ProbeFailure('protocol-error', `the other side announces ${length} bytes`);
      }
      return waitFor(() => (pending.length >= length ? takeFirst(length) : undefined));
    },
    readUntil: (delimiter) =>
      waitFor(() => {
        const at = pending.subarray(0, MAX_LINE_BYTES).indexOf(delimiter);
        if (at !== -1) return takeFirst(at, Buffer.byteLength(delimiter));
        if (pending.length < MAX_LINE_BYTES) return undefined;
        throw new ProbeFailure('protocol-error', 'the other side sends a line without end');
      }),
    readSome: () => waitFor(() => (pending.length > 0 ? takeFirst(pending.length) : undefined)),
    unread: () => pending,
    get bytesReceived() {
      return bytesReceived;
    },
    async replaceSocket(upgrade) {
      if (pending.length > 0) {
        throw new ProbeFailure(
          'protocol-error',
          'the other side sent more in plain text before the TLS handshake',
        );
      }
      detach();
      attach(await upgrade(socket));
    },
    end: () => socket.destroySoon(),
  };
}
