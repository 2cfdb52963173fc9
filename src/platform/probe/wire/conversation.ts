import type { Socket } from 'node:net';
import { abortable } from '../deadline.ts';
import { ProbeFailure } from '../failure.ts';
import type { PhaseRecorder } from '../phases.ts';
import type { StopSignal } from '../stop-signal.ts';

/** More than any opening conversation needs; a peer that sends on without end is not speaking the protocol. */
const MAX_PENDING_BYTES = 1_048_576;

/**
 * Bytes to and fro over one socket, under the probe's deadline: what waits is ended by the signal, and the phase tells
 * what it waited for. Reads are in order and consume what they return.
 */
export interface Conversation {
  send(bytes: string | Uint8Array): void;
  /** Exactly so many bytes. */
  read(length: number): Promise<Buffer>;
  /** Up to and including the delimiter; the delimiter is cut off. */
  readUntil(delimiter: string): Promise<Buffer>;
  /** Whatever comes next, at least one byte. */
  readSome(): Promise<Buffer>;
  /** Hands the socket over, to put TLS on it; nothing may have been read beyond. Continue with the new socket. */
  replaceSocket(upgrade: (socket: Socket) => Promise<Socket>): Promise<void>;
  end(): void;
}

export function converse(first: Socket, phases: PhaseRecorder, signal: StopSignal): Conversation {
  let socket = first;
  let pending: Buffer = Buffer.alloc(0);
  let ended: Error | undefined;
  let hasSpoken = false;
  let wake = (): void => undefined;

  function onData(chunk: Buffer): void {
    hasSpoken = true;
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
    ended ??= hasSpoken
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
      phases.enter(hasSpoken ? 'transfer' : 'ttfb');
      await abortable<void>(signal, (resolve) => {
        wake = resolve;
        return () => socket.destroy();
      });
      if (hasSpoken) phases.enter('transfer');
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
      if (!hasSpoken) phases.enter('request');
      socket.write(bytes);
    },
    read: (length) => waitFor(() => (pending.length >= length ? takeFirst(length) : undefined)),
    readUntil: (delimiter) =>
      waitFor(() => {
        const at = pending.indexOf(delimiter);
        return at === -1 ? undefined : takeFirst(at, Buffer.byteLength(delimiter));
      }),
    readSome: () => waitFor(() => (pending.length > 0 ? takeFirst(pending.length) : undefined)),
    async replaceSocket(upgrade) {
      detach();
      attach(await upgrade(socket));
    },
    end: () => socket.destroy(),
  };
}
