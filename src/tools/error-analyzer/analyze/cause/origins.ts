import { quoteForeign, quoteUnlessPlain } from '../../../../core/text.ts';
import type { TraceOrigin } from '../model.ts';
import { type Draft, part } from './draft.ts';
import type { IncidentFacts } from './facts.ts';
import { clock } from '../minutes.ts';

const MIN_TRACES = 5;
const MIN_SHARE = 0.5;

/** What fails first in the traces in which the incident's errors come later. */
export function originCandidates({ window, groups, onset, endMs }: IncidentFacts): Draft[] {
  const ids = new Set(groups.map(({ id }) => id));
  const hit = window.traces.filter(({ group, later }) => ids.has(group) || later.some((id) => ids.has(id)));
  const after = hit.filter(({ atMs }) => atMs >= onset.fromMs && atMs <= endMs);
  if (after.length < MIN_TRACES) return [];
  const before = window.traces.filter(({ atMs }) => atMs < onset.fromMs);
  return [...byOrigin(after.filter(({ later }) => later.length > 0))].flatMap(([origin, traces]): Draft[] => {
    const led = traces.filter(({ later }) => later.some((id) => id !== origin && ids.has(id)));
    const share = led.length / after.length;
    if (led.length < MIN_TRACES || share < MIN_SHARE) return [];
    const group = window.groups.find(({ id }) => id === origin);
    const service = mostFrequent(led.map((trace) => trace.service));
    const earlier = before.filter((trace) => trace.group === origin).length;
    const grown =
      earlier * (endMs - onset.fromMs) < led.length * 0.5 * Math.max(1, onset.fromMs - window.fromMs);
    return [
      {
        kind: 'upstream',
        title: `${quoteForeign(group?.title ?? origin, 100)}${service === null ? '' : ` in ${quoteUnlessPlain(service, 40)}`} fails first`,
        parts: [
          part('first in its traces', 0.45 * share),
          part('outside of the incident', ids.has(origin) ? 0 : 0.1),
          part('not so before', grown ? 0.15 : -0.15),
        ],
        evidence: [`the earliest error in ${led.length} of ${after.length} traces with these errors`],
        counterCheck: grown
          ? `Was it first before ${clock(onset.atMs)}, too? Hardly: ${earlier} traces in all the time before.`
          : `Was it first before ${clock(onset.atMs)}, too? Yes, in ${earlier} traces, and the errors were not there.`,
        next: `rearguard errors show ${origin}`,
        about: service === null ? [] : [`dependency ${service}`],
      },
    ];
  });
}

function byOrigin(traces: readonly TraceOrigin[]): Map<string, TraceOrigin[]> {
  const found = new Map<string, TraceOrigin[]>();
  for (const trace of traces) {
    const known = found.get(trace.group);
    if (known === undefined) found.set(trace.group, [trace]);
    else known.push(trace);
  }
  return found;
}

function mostFrequent(values: readonly (string | null)[]): string | null {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}
