import { z } from 'zod';
import { counted } from '../core/counted.ts';
import { formatDuration } from '../core/duration.ts';
import { matchesSubject } from '../core/subject-pattern.ts';
import type { StoredWindow } from '../store/alert-store.ts';
import type { RunResult } from './envelope.ts';
import { formatMoment } from './moments.ts';
import { ownCommand } from './own-command.ts';
import type { Runtime } from './runtime.ts';
import { findWindow, windowData, windowDataSchema, windowId } from './stored-windows.ts';

export const silenceDataSchema = z.object({
  silence: windowDataSchema,
  /** Alerts that fire now and fall under it. */
  alerts: z.array(z.string()),
});

/** Nobody is told of what fits the pattern until the time is over; alerts go on being recorded. */
export function silenceAlerts(
  runtime: Runtime,
  pattern: string,
  { forMs, reason }: { forMs: number; reason: string },
): Promise<RunResult> {
  return ownCommand(runtime, 'alerts silence', async () => {
    const redactor = await runtime.redactor();
    const store = runtime.openStore();
    const nowMs = runtime.clock.wallMs();
    const silence: StoredWindow = {
      id: windowId('silence', runtime.random),
      kind: 'silence',
      fromMs: nowMs,
      toMs: nowMs + forMs,
      subjects: [pattern],
      reason: redactor.text(reason),
    };
    store.windows.add(silence);
    const covered = store.alerts
      .list()
      .filter(({ state, subject }) => state === 'firing' && matchesSubject(pattern, subject));
    const now =
      covered.length === 0
        ? 'Nothing that it fits fires now.'
        : `${counted(covered.length, 'alert that fires', 'alerts that fire')} now ${covered.length === 1 ? 'falls' : 'fall'} under it.`;
    return {
      status: 'pass',
      summary: `${silence.id}: ${pattern} is silent for ${formatDuration(forMs)}, until ${formatMoment(silence.toMs)}. ${now}`,
      data: { silence: windowData(silence), alerts: covered.map(({ id }) => id) },
      next: [`rearguard alerts unsilence ${silence.id}`],
    };
  });
}

/** Ends a silence now; what still fires is told within a second or two by the daemon. */
export function unsilenceAlerts(runtime: Runtime, id: string): Promise<RunResult> {
  return ownCommand(runtime, 'alerts unsilence', () => {
    const store = runtime.openStore();
    const nowMs = runtime.clock.wallMs();
    const silence = findWindow(store, 'silence', id);
    const over = silence.toMs <= nowMs;
    store.windows.end(silence.id, nowMs);
    const ended = { ...silence, toMs: Math.min(silence.toMs, nowMs) };
    return {
      status: 'pass',
      summary: over
        ? `${silence.id} was over already, since ${formatMoment(silence.toMs)}.`
        : `${silence.id} is over: ${silence.subjects.join(', ')} is told again.`,
      data: { silence: windowData(ended), alerts: [] },
      next: ['rearguard alerts'],
    };
  });
}
