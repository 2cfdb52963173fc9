import type { CauseCandidate, CauseInput } from '../../../../src/tools/error-analyzer/analyze/cause/types.ts';

const HOUR_MS = 3_600_000;
const MOST = 0.8;

/** What is done without a tool: the newest change before it is blamed, else the value that most of the errors share. */
export function guessAsPeople({
  incident,
  window,
  events,
}: CauseInput): Pick<CauseCandidate, 'kind' | 'title'>[] {
  const before = events
    .filter(({ atMs }) => atMs <= incident.fromMs && atMs >= incident.fromMs - HOUR_MS)
    .toSorted((a, b) => b.atMs - a.atMs)
    .map(({ kind, title }) => ({
      kind: kind === 'deploy' ? ('deploy' as const) : ('event' as const),
      title,
    }));
  const group = window.groups.find(({ id }) => id === incident.detections[0]?.group);
  const shared = (group?.fields ?? [])
    .flatMap(({ field, values: [top] }) => (top === undefined ? [] : [{ field, ...top }]))
    .filter(({ count }) => count >= MOST * (group?.count ?? 0))
    .toSorted((a, b) => b.count - a.count)
    .map(({ field, value }) => ({ kind: 'dimension' as const, title: `only ${field} = ${value}` }));
  return [...before, ...shared];
}
