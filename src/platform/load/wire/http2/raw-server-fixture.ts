import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { serveTcp } from '../../../test-support/servers.ts';
import { openWire, type WireClient, type WireTarget } from '../test-support/wire-client.ts';
import { connectHttp2 } from './connection.ts';
import { CONNECTION_PREFACE, FRAME_HEADER_BYTES } from './constants.ts';
import { settings } from './frames-fixture.ts';
import { HTTP2 } from './protocol.ts';

export interface SeenFrame {
  type: number;
  flags: number;
  streamId: number;
  payload: Buffer;
}

/** The server's side of one connection, frame by frame. */
export interface RawPeer {
  socket: Socket;
  /** All frames that came so far. */
  seen: SeenFrame[];
  send(...frames: readonly Buffer[]): void;
  /** The next frame of this type that nobody has waited for yet. */
  next(type: number): Promise<SeenFrame>;
}

export interface RawPair {
  peer: RawPeer;
  client: WireClient;
}

/** A client whose server is written by the test. The server's SETTINGS have been sent when this resolves. */
export async function rawPair(
  options: Partial<Omit<WireTarget, 'port'>> & {
    greeting?: Buffer;
    firstStreamId?: number;
  } = {},
): Promise<RawPair> {
  const { greeting = settings(), firstStreamId, ...target } = options;
  const accepted = acceptOne(greeting);
  const { port } = await accepted.listening;
  const protocol = {
    ...HTTP2,
    connect: (to: Parameters<typeof connectHttp2>[0], events: Parameters<typeof connectHttp2>[1]) =>
      connectHttp2(to, events, firstStreamId),
  };
  const client = await openWire(protocol, { port, ...target });
  onTestFinished(() => client.connection.destroy());
  return { peer: await accepted.peer, client };
}

/** Listens; the first connection is greeted with these bytes. */
export function acceptOne(greeting: Buffer): {
  listening: Promise<{ port: number }>;
  peer: Promise<RawPeer>;
} {
  let resolvePeer: (peer: RawPeer) => void = () => undefined;
  const peer = new Promise<RawPeer>((resolve) => {
    resolvePeer = resolve;
  });
  const listening = serveTcp((socket) => {
    socket.write(greeting);
    resolvePeer(rawPeer(socket));
  });
  void listening.then((server) => onTestFinished(() => server.close()));
  return { listening, peer };
}

function rawPeer(socket: Socket): RawPeer {
  const seen: SeenFrame[] = [];
  const waiting: { type: number; resolve: (frame: SeenFrame) => void }[] = [];
  const taken = new Set<SeenFrame>();
  const settle = (): void => {
    for (const [position, { type, resolve }] of waiting.entries()) {
      const found = seen.find((frame) => frame.type === type && !taken.has(frame));
      if (found === undefined) continue;
      taken.add(found);
      waiting.splice(position, 1);
      resolve(found);
      return settle();
    }
  };
  let bytes: Buffer = Buffer.alloc(0);
  let isPrefaceRead = false;
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    if (!isPrefaceRead) {
      if (bytes.length < CONNECTION_PREFACE.length) return;
      isPrefaceRead = true;
      bytes = bytes.subarray(CONNECTION_PREFACE.length);
    }
    while (bytes.length >= FRAME_HEADER_BYTES) {
      const end = FRAME_HEADER_BYTES + bytes.readUIntBE(0, 3);
      if (bytes.length < end) return;
      seen.push({
        type: bytes[3]!,
        flags: bytes[4]!,
        streamId: bytes.readUInt32BE(5),
        payload: bytes.subarray(FRAME_HEADER_BYTES, end),
      });
      bytes = bytes.subarray(end);
      settle();
    }
  });
  return {
    socket,
    seen,
    send: (...frames) => void socket.write(Buffer.concat(frames)),
    next: (type) =>
      new Promise((resolve) => {
        waiting.push({ type, resolve });
        settle();
      }),
  };
}
