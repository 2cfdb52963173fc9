import type { EndpointMeasure, LoadTick } from '../../../core/load/measure.ts';
import type { Engine } from './engine.ts';
import type { LoadDriver } from './load-driver.ts';
import { takeHistogram, takeMeasure } from './meters.ts';

export interface TickSpan {
  fromRunMs: number;
  nowMs: number;
  busy: number;
}

/** Everything since the last tick; the counts begin anew. */
export function takeTick(engine: Engine, driver: LoadDriver, { fromRunMs, nowMs, busy }: TickSpan): LoadTick {
  const { counts } = engine;
  const toMs = nowMs - engine.startMs;
  const endpoints: EndpointMeasure[] = [];
  for (const meter of engine.meters) {
    const measure = takeMeasure(meter);
    if (measure !== null) endpoints.push(measure);
  }
  const tick: LoadTick = {
    atMs: performance.timeOrigin + nowMs,
    fromMs: fromRunMs,
    toMs,
    endpoints,
    sessions: { ...counts },
    inFlight: engine.inFlight.length + engine.waiting,
    queued: engine.queued,
    connections: engine.pools.reduce((sum, { links, opening }) => sum + links.size - opening, 0),
    users: driver.users(),
    opened: engine.opened,
    connect: takeHistogram(engine.connect),
    tls: takeHistogram(engine.tls),
    closedByServer: engine.closedByServer,
    busy,
    targetRate: driver.targetRate(nowMs),
    pausedUntilMs: pausedUntil(engine, toMs),
  };
  counts.asked = counts.begun = counts.dropped = counts.ended = 0;
  engine.opened = engine.closedByServer = 0;
  return tick;
}

/** What the server asked for goes to the controller even before it has decided. */
function pausedUntil({ pausedUntilRunMs, askedPauseRunMs }: Engine, runMs: number): number | null {
  const until = Math.max(pausedUntilRunMs, askedPauseRunMs);
  return until > runMs ? until : null;
}
