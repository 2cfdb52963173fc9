import { findChangePoint } from './change-point.ts';
import type { CauseAnalysis, CauseInput } from './types.ts';

/** What may be behind an incident, best first; no candidate where nothing is supported. Pure: everything it knows is in the input. */
export function explainIncident({ incident, window }: CauseInput): CauseAnalysis {
  const named = new Set(incident.detections.map(({ group }) => group));
  const groups = window.groups.filter(({ id }) => named.has(id));
  return { changePoint: findChangePoint(incident, groups, window), candidates: [], notes: [] };
}
