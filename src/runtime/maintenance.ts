import type { MaintenanceSettings } from '../config/alert-schema.ts';
import { type MaintenanceWindow, occurrences } from '../core/maintenance.ts';
import type { Store, TimeRange } from '../store/store.ts';

/** Windows that overlap the range: those the config plans, and those added by hand. */
export function maintenanceWindows(
  planned: readonly MaintenanceSettings[],
  store: Pick<Store, 'windows'>,
  range: TimeRange,
): MaintenanceWindow[] {
  const added = store.windows
    .list(range, 'maintenance')
    .map(({ reason, fromMs, toMs, subjects }) => ({ name: reason, fromMs, toMs, subjects }));
  return [...planned.flatMap((plan) => occurrences(plan, range)), ...added];
}
