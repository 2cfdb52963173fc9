import { flushFrames } from './frame-writer.ts';
import type { Http2State } from './state.ts';

/**
 * Over TLS a read comes as one callback for each record, and a server may put each response into a record of its own. What all of
 * them lead to leaves together, once the event loop has read from every socket: a third of the writes, and of their records.
 */
const waiting: Http2State[] = [];

export function flushLater(state: Http2State): void {
  if (state.isFlushPlanned || state.writer.from === state.writer.to) return;
  state.isFlushPlanned = true;
  if (waiting.push(state) === 1) setImmediate(flushWaiting);
}

/** Nothing that a flush calls adds to the list. */
function flushWaiting(): void {
  for (const state of waiting) {
    state.isFlushPlanned = false;
    if (state.stage !== 'ended') flushFrames(state.writer, state.socket);
  }
  waiting.length = 0;
}
