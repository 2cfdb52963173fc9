import type { ExplainedIncident } from '../assess.ts';
import { continuesIncident } from '../detect/incidents.ts';
import type { Incident } from '../detect/types.ts';
import type { LogWindow } from '../model.ts';
import { quietTimeMs, quietVerdict } from '../quiet.ts';

/** An incident that was told, and whether its end was, too. */
export interface ToldIncident {
  explained: ExplainedIncident;
  isOver: boolean;
}

export interface IncidentChange {
  /** again: it was over, and goes on before it would be another one. */
  kind: 'began' | 'again' | 'over';
  explained: ExplainedIncident;
}

/** Errors come in bursts: a shorter silence is none. */
const MIN_QUIET_MS = 5 * 60_000;

/**
 * What to tell beside what was told before: each incident once, however many groups join it, and its end once. At the first look everything that goes on
 * is told; what ended before is not.
 */
export function incidentChanges(
  told: readonly ToldIncident[],
  now: readonly ExplainedIncident[],
  window: LogWindow,
): { told: ToldIncident[]; changes: IncidentChange[] } {
  const left = new Set(told);
  const changes: IncidentChange[] = [];
  const next = now.map((explained): ToldIncident => {
    const before = [...left].find((one) => continuesIncident(one.explained.incident, explained.incident));
    const isOver = isQuiet(explained.incident, window);
    if (before === undefined) {
      if (!isOver) changes.push({ kind: 'began', explained });
    } else {
      left.delete(before);
      if (before.isOver !== isOver) changes.push({ kind: isOver ? 'over' : 'again', explained });
    }
    return { explained, isOver };
  });
  for (const { explained, isOver } of left) {
    // Of what has only stopped, coming back is no end.
    if (!isOver && !hasOnlyStopped(explained.incident)) changes.push({ kind: 'over', explained });
  }
  return { told: next, changes };
}

/** None of its errors is seen any more although logs go on: a burst says so itself, others by the rate that they had. */
export function isQuiet(incident: Incident, window: LogWindow): boolean {
  if (hasOnlyStopped(incident)) return false;
  return incident.detections.every(({ kind, group: id, untilMs }) => {
    if (kind === 'disappeared') return true;
    if (kind === 'spiking' || kind === 'escalating') return untilMs !== null;
    const group = window.groups.find((one) => one.id === id);
    if (group === undefined) return true;
    const quietMs = Math.max(MIN_QUIET_MS, quietTimeMs(group));
    return quietVerdict(window, group, { quietMs, nowMs: window.toMs }) === 'gone';
  });
}

function hasOnlyStopped({ detections }: Incident): boolean {
  return detections.every(({ kind }) => kind === 'disappeared');
}
