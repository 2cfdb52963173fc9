import type { ExplainedIncident } from '../assess.ts';
import { isUrgent } from '../detect/incidents.ts';
import type { LogWindow } from '../model.ts';
import { isQuiet } from './incident-changes.ts';
import { paceOf } from './movements.ts';
import { HOUR_MS } from '../minutes.ts';

/**
 * Incidents of the last hour, worst first: what goes on before what is over, what is sure before what is only possible, then by how many records a minute
 * it makes now. What has only stopped hurts nobody.
 */
export function worstIncidents(
  incidents: readonly ExplainedIncident[],
  window: LogWindow,
): ExplainedIncident[] {
  const groups = new Map(window.groups.map((group) => [group.id, group]));
  const fromMs = window.toMs - HOUR_MS;
  return incidents
    .filter(({ incident: { detections } }) =>
      detections.some(
        ({ kind, group }) => kind !== 'disappeared' && (groups.get(group)?.lastMs ?? 0) >= fromMs,
      ),
    )
    .map((explained) => ({ explained, rank: rankOf(explained) }))
    .toSorted((a, b) => b.rank - a.rank)
    .map(({ explained }) => explained);

  function rankOf({ incident }: ExplainedIncident): number {
    const ids = new Set(incident.detections.map(({ group }) => group));
    const perMinute = [...ids].reduce((sum, id) => {
      const group = groups.get(id);
      return group === undefined ? sum : sum + paceOf(group.minutes, window).nowPerMinute;
    }, 0);
    const share = perMinute / (1 + perMinute);
    return (isQuiet(incident, window) ? 0 : 2) + (isUrgent(incident) ? 1 : 0) + share;
  }
}
