import type { Phases } from './probe/types.ts';

/** When the parts of one call were over; monotonic milliseconds, absent for what did not happen. */
export interface CallMoments {
  startMs: number;
  lookupMs?: number;
  connectMs?: number;
  secureMs?: number;
  sentMs?: number;
  firstByteMs?: number;
}

/** Each phase ends where the next one begins, so that they sum to the whole call; an address that is a literal has no `dns`. */
export function phasesOfCall(moments: CallMoments, endMs: number): Phases {
  const { startMs, lookupMs, connectMs, secureMs, sentMs, firstByteMs } = moments;
  const connectedMs = secureMs ?? connectMs ?? startMs;
  // Node hands the request to the socket before it is connected, and some servers answer before they have read it all.
  const leftMs = Math.min(Math.max(sentMs ?? connectedMs, connectedMs), firstByteMs ?? endMs);
  return {
    queue: null,
    dns: lookupMs === undefined ? null : lookupMs - startMs,
    connect: connectMs === undefined ? null : connectMs - (lookupMs ?? startMs),
    tls: secureMs === undefined ? null : secureMs - (connectMs ?? startMs),
    request: leftMs - connectedMs,
    ttfb: firstByteMs === undefined ? null : firstByteMs - leftMs,
    transfer: endMs - (firstByteMs ?? leftMs),
  };
}
