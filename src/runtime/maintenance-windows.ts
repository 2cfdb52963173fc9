import { z } from 'zod';
import { counted } from '../core/counted.ts';
import { formatDuration } from '../core/duration.ts';
import { RearguardError } from '../core/errors.ts';
import type { MaintenanceWindow } from '../core/maintenance.ts';
import { occurrences } from '../core/maintenance.ts';
import type { StoredWindow } from '../store/alert-store.ts';
import type { RunResult } from './envelope.ts';
import { formatMoment } from './moments.ts';
import { ownCommand } from './own-command.ts';
import type { Runtime } from './runtime.ts';
import { findWindow, subjectsText, windowData, windowDataSchema, windowId } from './stored-windows.ts';

const DAY_MS = 86_400_000;
/** What the list shows of both sides of now. */
const PAST_MS = 30 * DAY_MS;
const AHEAD_MS = 7 * DAY_MS;
const ROWS = 50;

export const maintenanceDataSchema = z.object({ window: windowDataSchema });
export const maintenanceListDataSchema = z.object({
  /** Added by hand. */
  windows: z.array(windowDataSchema),
  /** Of the config, in the next seven days and, where one is going on, now. */
  planned: z.array(
    z.object({
      name: z.string(),
      from: z.iso.datetime(),
      to: z.iso.datetime(),
      subjects: z.array(z.string()),
    }),
  ),
});

export interface NewMaintenance {
  fromMs: number;
  toMs: number;
  subjects: readonly string[];
  reason: string;
}

/** A window of planned work, also one that nobody entered in time. */
export function addMaintenance(
  runtime: Runtime,
  windowOf: (nowMs: number) => NewMaintenance,
): Promise<RunResult> {
  return ownCommand(runtime, 'maintenance add', async () => {
    const redactor = await runtime.redactor();
    const nowMs = runtime.clock.wallMs();
    const { fromMs, toMs, subjects, reason } = windowOf(nowMs);
    if (toMs <= fromMs) {
      throw new RearguardError('E_USAGE', {
        message: `The window would end at ${formatMoment(toMs)}, before it begins at ${formatMoment(fromMs)}.`,
        hint: 'Give --to a time after --from, or --for a duration.',
      });
    }
    const window: StoredWindow = {
      id: windowId('maintenance', runtime.random),
      kind: 'maintenance',
      fromMs,
      toMs,
      subjects,
      reason: redactor.text(reason),
    };
    runtime.openStore().windows.add(window);
    const span = `${formatMoment(fromMs)} to ${formatMoment(toMs)} (${formatDuration(toMs - fromMs)})`;
    return {
      status: 'pass',
      summary: `${window.id}: ${subjectsText(subjects)}, ${span}. ${consequence(window, nowMs)}`,
      data: { window: windowData(window) },
      next: ['rearguard maintenance list', `rearguard maintenance end ${window.id}`],
    };
  });
}

function consequence({ fromMs, toMs }: StoredWindow, nowMs: number): string {
  if (toMs <= nowMs) return 'It is past: objectives are recomputed without it from the next run on.';
  if (fromMs < nowMs)
    return 'It goes on now: nobody is told, and objectives leave it out from its beginning.';
  return 'Nobody will be told, and objectives leave it out.';
}

/** Windows around now: those added by hand, and those the config plans. */
export function listMaintenance(runtime: Runtime): Promise<RunResult> {
  return ownCommand(runtime, 'maintenance list', () => {
    const nowMs = runtime.clock.wallMs();
    const range = { fromMs: nowMs - PAST_MS, toMs: Number.MAX_SAFE_INTEGER };
    const added = runtime.openStore().windows.list(range, 'maintenance').toReversed();
    const planned = runtime.config.maintenance
      .flatMap((plan) => occurrences(plan, { fromMs: nowMs, toMs: nowMs + AHEAD_MS }))
      .toSorted((a, b) => a.fromMs - b.fromMs);
    const rows = [
      ...added.map((window) => ({ ...window, name: window.id, what: window.reason })),
      ...planned.map((window) => ({ ...window, what: 'config' })),
    ];
    return {
      status: 'pass',
      summary: `${counted(added.length, 'window')} added by hand, ${planned.length} planned in the next 7 days.`,
      sections:
        rows.length === 0
          ? []
          : [
              {
                kind: 'table',
                columns: ['window', 'state', 'from (UTC)', 'lasts', 'subjects', 'why'].map((header) => ({
                  header,
                })),
                rows: rows
                  .slice(0, ROWS)
                  .map((window) => [
                    window.name,
                    stateOf(window, nowMs),
                    formatMoment(window.fromMs).replace(' UTC', ''),
                    formatDuration(window.toMs - window.fromMs),
                    subjectsText(window.subjects),
                    window.what,
                  ]),
                ...(rows.length > ROWS ? { omitted: rows.length - ROWS } : {}),
              },
            ],
      data: {
        windows: added.map(windowData),
        planned: planned.map(({ name, fromMs, toMs, subjects }) => ({
          name,
          from: new Date(fromMs).toISOString(),
          to: new Date(toMs).toISOString(),
          subjects: [...subjects],
        })),
      },
      next: [],
    };
  });
}

/** Ends a window that was added by hand, or takes it back when it has not begun. */
export function endMaintenance(runtime: Runtime, id: string): Promise<RunResult> {
  return ownCommand(runtime, 'maintenance end', () => {
    const store = runtime.openStore();
    const nowMs = runtime.clock.wallMs();
    const window = findWindow(store, 'maintenance', id);
    store.windows.end(window.id, nowMs);
    const ended = { ...window, toMs: Math.max(window.fromMs, Math.min(window.toMs, nowMs)) };
    return {
      status: 'pass',
      summary: `${window.id} ${endOf(window, nowMs)}`,
      data: { window: windowData(ended) },
      next: ['rearguard maintenance list'],
    };
  });
}

function endOf({ fromMs, toMs }: StoredWindow, nowMs: number): string {
  if (toMs <= nowMs) return `was over already, since ${formatMoment(toMs)}.`;
  if (fromMs >= nowMs) return 'had not begun and is taken back.';
  return `is over after ${formatDuration(nowMs - fromMs)}; what fails from now on counts and is told.`;
}

function stateOf({ fromMs, toMs }: Pick<MaintenanceWindow, 'fromMs' | 'toMs'>, nowMs: number): string {
  if (toMs <= nowMs) return 'over';
  return fromMs <= nowMs ? 'now' : 'ahead';
}
