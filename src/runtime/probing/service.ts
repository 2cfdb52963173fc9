import { RearguardError } from '../../core/errors.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import type { BurstRequest, Monitor, ProbeService, WatchTick } from '../../tools/context.ts';
import type { ProbeResult } from '../../platform/probe/types.ts';
import { type EngineLink, startLocalLink, startWorkerLink } from './engine-link.ts';
import type { EngineReply, EngineRequest } from './messages.ts';
import { createSessionStream, type SessionStream } from './session-stream.ts';

export interface ProbeServiceOptions {
  /** Hosts beside loopback that may receive traffic. */
  allowHosts: readonly string[];
  /** For an engine on this thread; the worker thread reads the system's clocks. */
  clock?: Clock;
  /** false: probe on the calling thread. Default true. */
  workerThreads?: boolean;
}

interface OpenSession {
  onReply(reply: EngineReply): void;
  /** No reply will come any more. */
  onEnd(failure?: Error): void;
}

/**
 * Probes off the main thread, in one worker that starts with the first burst or watch and does not keep the
 * process alive between them. An aborted session delivers what had been measured and ends without an error.
 */
export function createProbeService(options: ProbeServiceOptions): ProbeService & { close(): Promise<void> } {
  const settings = { allowHosts: options.allowHosts };
  const sessions = new Map<number, OpenSession>();
  let link: Promise<EngineLink> | undefined;
  let lastSession = 0;

  const events = {
    onReply: (reply: EngineReply): void => sessions.get(reply.session)?.onReply(reply),
    onLost: (reason: RearguardError): void => {
      link = undefined;
      for (const session of sessions.values()) session.onEnd(reason);
    },
  };

  function openLink(): Promise<EngineLink> {
    link ??=
      options.workerThreads === false
        ? startLocalLink(settings, options.clock ?? systemClock, events)
        : Promise.resolve(startWorkerLink(settings, events));
    return link;
  }

  /** Runs one session from its request to its end, whichever side ends it. */
  async function* run<T>(
    request: (session: number) => EngineRequest,
    stream: SessionStream<T>,
    valueOf: (reply: EngineReply) => T | undefined,
    resultsIn: (value: T) => number,
    signal: AbortSignal,
  ): AsyncGenerator<T, void, void> {
    if (signal.aborted) return;
    const session = (lastSession += 1);
    const engine = await openLink();
    if (signal.aborted) return;
    const stop = (): void => engine.send({ kind: 'stop', session });
    sessions.set(session, {
      onReply: (reply) => {
        const value = valueOf(reply);
        if (value !== undefined) stream.push(value);
        if (reply.kind === 'ended') {
          stream.end(reply.failure === null ? undefined : failureOf(reply.failure.message));
        }
      },
      onEnd: (failure) => stream.end(failure),
    });
    engine.hold(true);
    signal.addEventListener('abort', stop, { once: true });
    try {
      engine.send(request(session));
      yield* stream.values((value) => {
        const results = resultsIn(value);
        if (results > 0) engine.send({ kind: 'taken', session, results });
      });
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
      sessions.delete(session);
      if (sessions.size === 0) engine.hold(false);
    }
  }

  return {
    burst: (request: BurstRequest, signal) =>
      run<ProbeResult>(
        (session) => ({ kind: 'burst', session, request }),
        createSessionStream(),
        (reply) => (reply.kind === 'result' ? reply.result : undefined),
        () => 1,
        signal,
      ),
    watch: (monitors: readonly Monitor[], signal) =>
      run<WatchTick>(
        (session) => ({ kind: 'watch', session, monitors }),
        createSessionStream(mergeTicks),
        (reply) => (reply.kind === 'tick' ? reply.tick : undefined),
        (tick) => tick.results.length,
        signal,
      ),
    close: async () => {
      const open = link;
      link = undefined;
      for (const session of sessions.values()) session.onEnd();
      await (await open)?.close();
    },
  };
}

/** What a consumer missed meanwhile, as one tick. */
function mergeTicks(earlier: WatchTick, later: WatchTick): WatchTick {
  return {
    results: [...earlier.results, ...later.results],
    gaps: [...earlier.gaps, ...later.gaps],
    missedSlots: earlier.missedSlots + later.missedSlots,
    loopLagMs: Math.max(earlier.loopLagMs, later.loopLagMs),
  };
}

function failureOf(message: string): RearguardError {
  return new RearguardError('E_INTERNAL', { message: `probing failed: ${message}` });
}
