import type { Socket } from 'node:net';
import type { FailureKind } from '../../../../core/load/measure.ts';
import type { ConnectionEvents, ConnectOptions, LoadConnection } from '../types.ts';
import { DEFAULT_WINDOW } from './constants.ts';
import { createFloodGuard, type FloodGuard } from './flood-guard.ts';
import { createFrameReader, type FrameReader } from './frame-reader.ts';
import { createFrameWriter, type FrameWriter } from './frame-writer.ts';
import { createPeerSettings, type PeerSettings } from './peer.ts';
import { createStreamTable, type Http2Stream, type StreamTable } from './streams.ts';

/** One connection, as data: the functions beside this file read and change it. */
export interface Http2State {
  readonly connection: LoadConnection;
  readonly events: ConnectionEvents;
  readonly options: ConnectOptions;
  readonly socket: Socket;
  readonly writer: FrameWriter;
  readonly reader: FrameReader;
  readonly streams: StreamTable;
  readonly peer: PeerSettings;
  readonly flood: FloodGuard;
  /**
   * connecting: no socket yet; greeting: waits for the server's SETTINGS; open; draining: takes no more requests, what is under way
   * ends; ended: nothing is read or told any more but the end itself.
   */
  stage: 'connecting' | 'greeting' | 'open' | 'draining' | 'ended';
  /** Streams that may be open at the same time; 0 unless it is open. */
  limit: number;
  /** performance.now() of the callback we are in. */
  nowMs: number;
  /** In a callback of the socket: what was written leaves at its end. */
  isReading: boolean;
  /** Waits in the list of flush-later.ts. */
  isFlushPlanned: boolean;
  /** Bytes of DATA since our last WINDOW_UPDATE for the connection. */
  unacknowledged: number;
  /** What the peer lets us send on the connection. */
  sendWindow: number;
  /** Streams whose body waits for a window, the oldest first. */
  readonly unsent: Http2Stream[];
  /** More of them is sent in the next turn of the event loop. */
  isHeldBack: boolean;
  /** Whose DATA frame is being read; null also where nobody wants it any more. */
  dataStream: Http2Stream | null;
  /** A head whose CONTINUATION is still to come: nothing else may come before (RFC 9113, section 6.10). */
  readonly block: { streamId: number; endStream: boolean; bytes: Buffer; length: number; frames: number };
  /** Why it ended or is about to. */
  failure: FailureKind | null;
  detail: string;
}

const NOTHING = Buffer.alloc(0);

export function createState(
  parts: Pick<Http2State, 'connection' | 'events' | 'options' | 'socket'>,
): Http2State {
  return {
    ...parts,
    writer: createFrameWriter(),
    reader: createFrameReader(),
    streams: createStreamTable(),
    peer: createPeerSettings(),
    flood: createFloodGuard(),
    stage: 'connecting',
    limit: 0,
    nowMs: 0,
    isReading: false,
    isFlushPlanned: false,
    unacknowledged: 0,
    sendWindow: DEFAULT_WINDOW,
    unsent: [],
    isHeldBack: false,
    dataStream: null,
    block: { streamId: 0, endStream: false, bytes: NOTHING, length: 0, frames: 0 },
    failure: null,
    detail: '',
  };
}
