import {
  DEFAULT_WINDOW,
  ERROR,
  MAX_WINDOW,
  MIN_MAX_FRAME_BYTES,
  SETTING,
  type Violation,
  violation,
} from './constants.ts';

/** What the server's SETTINGS allow us (RFC 9113, section 6.5.2). */
export interface PeerSettings {
  maxConcurrentStreams: number;
  initialWindow: number;
  maxFrameBytes: number;
}

const ENTRY_BYTES = 6;
const MAX_MAX_FRAME_BYTES = 0xff_ff_ff;

export function createPeerSettings(): PeerSettings {
  return {
    maxConcurrentStreams: Infinity,
    initialWindow: DEFAULT_WINDOW,
    maxFrameBytes: MIN_MAX_FRAME_BYTES,
  };
}

/** Applies one frame's entries, in their order. */
export function applySettings(
  settings: PeerSettings,
  payload: Buffer,
  start: number,
  end: number,
): Violation | null {
  if ((end - start) % ENTRY_BYTES !== 0) return violation(ERROR.FRAME_SIZE_ERROR, 'SETTINGS cut off');
  for (let at = start; at < end; at += ENTRY_BYTES) {
    const value = payload.readUInt32BE(at + 2);
    switch (payload.readUInt16BE(at)) {
      case SETTING.ENABLE_PUSH:
        if (value !== 0) return violation(ERROR.PROTOCOL_ERROR, 'a server that wants to be pushed to');
        break;
      case SETTING.MAX_CONCURRENT_STREAMS:
        settings.maxConcurrentStreams = value;
        break;
      case SETTING.INITIAL_WINDOW_SIZE:
        if (value > MAX_WINDOW) return violation(ERROR.FLOW_CONTROL_ERROR, 'an initial window beyond 2^31-1');
        settings.initialWindow = value;
        break;
      case SETTING.MAX_FRAME_SIZE:
        if (value < MIN_MAX_FRAME_BYTES || value > MAX_MAX_FRAME_BYTES) {
          return violation(ERROR.PROTOCOL_ERROR, `SETTINGS_MAX_FRAME_SIZE of ${value}`);
        }
        settings.maxFrameBytes = value;
        break;
      default:
        // What we do not know, or what limits only encoders with a dynamic table, is ignored.
        break;
    }
  }
  return null;
}
