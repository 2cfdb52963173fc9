import { addPause, newFit, type ThinkFit } from './think-fit.ts';

/** A client that is silent for so long begins a new session, as web analytics count them. */
export const SESSION_GAP_MS = 30 * 60_000;
/** A longer session (a crawler, a health check, many people behind one address) goes on as another one. */
export const MAX_STEPS = 20;
const MAX_OPEN = 200_000;
const MAX_SHAPES = 20_000;
const SWEEP_EVERY = 4_096;

/** Sessions that asked for the same endpoints in the same order. */
export interface SessionShape {
  endpoints: readonly number[];
  count: number;
  /** Of the pause after each step but the last. */
  pauses: ThinkFit[];
}

export interface Sessions {
  /** Entries come in the order of the log. */
  add(client: string, endpoint: number, startMs: number, endMs: number): void;
  end(): { shapes: SessionShape[]; sessions: number; unshaped: number };
}

interface OpenSession {
  endpoints: number[];
  pauses: number[];
  endMs: number;
}

/** Tells sessions apart, and keeps of each only its shape; whatever the log's length, memory is bounded. */
export function sessionsOf(options: {
  onStart: (atMs: number) => void;
  /** Times of whole seconds were spread over them at random, so the order within one says nothing. */
  coarse: boolean;
}): Sessions {
  const open = new Map<string, OpenSession>();
  const shapes = new Map<string, SessionShape>();
  let sessions = 0;
  let unshaped = 0;
  let added = 0;

  function close({ endpoints, pauses }: OpenSession): void {
    const key = endpoints.join(',');
    let shape = shapes.get(key);
    if (shape === undefined) {
      if (shapes.size >= MAX_SHAPES) {
        unshaped += 1;
        return;
      }
      shape = { endpoints, count: 0, pauses: pauses.map(newFit) };
      shapes.set(key, shape);
    }
    shape.count += 1;
    for (const [index, pause] of pauses.entries()) addPause(shape.pauses[index]!, pause);
  }

  function sweep(nowMs: number): void {
    for (const [client, session] of open) {
      // The map is in the order of last use.
      if (nowMs - session.endMs <= SESSION_GAP_MS && open.size <= MAX_OPEN) return;
      open.delete(client);
      close(session);
    }
  }

  return {
    add(client, endpoint, startMs, endMs) {
      added += 1;
      if (added % SWEEP_EVERY === 0) sweep(startMs);
      const known = open.get(client);
      if (known !== undefined) open.delete(client);
      const goesOn =
        known !== undefined && startMs - known.endMs <= SESSION_GAP_MS && known.endpoints.length < MAX_STEPS;
      if (goesOn) {
        const pause = startMs - known.endMs;
        known.pauses.push(options.coarse ? Math.abs(pause) : pause);
        known.endpoints.push(endpoint);
        known.endMs = Math.max(known.endMs, endMs);
        open.set(client, known);
        return;
      }
      if (known !== undefined) close(known);
      sessions += 1;
      options.onStart(startMs);
      open.set(client, { endpoints: [endpoint], pauses: [], endMs });
    },
    end() {
      for (const session of open.values()) close(session);
      open.clear();
      return { shapes: [...shapes.values()], sessions, unshaped };
    },
  };
}
