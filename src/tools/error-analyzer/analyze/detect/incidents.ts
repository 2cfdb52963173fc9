import type { LogWindow } from '../model.ts';
import { LINKED_ONSET_MS, SAME_INCIDENT_GAP_MS, SAME_ONSET_MS } from './thresholds.ts';
import { type Detection, DETECTIONS, type DetectionKind, type Incident } from './types.ts';

const CONFIDENCE = ['possible', 'likely', 'proven'] as const satisfies readonly Detection['confidence'][];
/** What is told first of an incident: what came back weighs more than what is new, both more than what is only more. */
const WEIGHT: Readonly<Record<DetectionKind, number>> = {
  regressed: 5,
  new: 4,
  spiking: 3,
  escalating: 2,
  disappeared: 1,
};

/**
 * Detections that begin together, or whose groups follow each other within traces, make one incident, so that one fault with
 * thirty symptoms is told once. Strongest incident first, newer before older.
 */
export function toIncidents(detections: readonly Detection[], window: LogWindow): Incident[] {
  const linked = linkedGroups(window);
  const byOnset = detections.toSorted((a, b) => a.sinceMs - b.sinceMs || compareText(a.group, b.group));
  const clusters: Detection[][] = [];
  // Of what began long ago nothing can join any more.
  let open: Detection[][] = [];
  for (const detection of byOnset) {
    open = open.filter((cluster) => detection.sinceMs - cluster[0]!.sinceMs <= LINKED_ONSET_MS);
    const home = open.find((cluster) => belongs(cluster, detection, linked));
    if (home === undefined) {
      const cluster = [detection];
      clusters.push(cluster);
      open.push(cluster);
    } else {
      home.push(detection);
    }
  }
  return clusters.map((cluster) => incidentOf(cluster, window)).sort(strongestFirst);
}

/** Worth waking somebody: not only possible, and not that something stopped. */
export function isUrgent({ detections }: Incident): boolean {
  return detections.some(({ kind, confidence }) => kind !== 'disappeared' && confidence !== 'possible');
}

/** Whether an incident goes on with one that was told: a group in common, and no long silence between. */
export function continuesIncident(told: Incident, now: Incident): boolean {
  const gapMs = Math.max(told.fromMs, now.fromMs) - Math.min(told.toMs, now.toMs);
  if (gapMs > SAME_INCIDENT_GAP_MS) return false;
  const groups = new Set(told.detections.map(({ group }) => group));
  return now.detections.some(({ group }) => groups.has(group));
}

function belongs(
  cluster: readonly Detection[],
  detection: Detection,
  linked: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  const first = cluster[0]!;
  const apartMs = detection.sinceMs - first.sinceMs;
  if (cluster.some(({ group }) => group === detection.group)) return true;
  if (apartMs <= SAME_ONSET_MS) return true;
  // The begin of a slow rise, and the first record that did not come, are only roughly known.
  const isVague = [first, detection].some(({ kind }) => kind === 'escalating' || kind === 'disappeared');
  if (isVague && first.kind !== detection.kind) return true;
  return cluster.some(({ group }) => linked.get(group)?.has(detection.group) === true);
}

/** Groups that fail in the same traces, both ways. */
function linkedGroups({ traces }: LogWindow): ReadonlyMap<string, ReadonlySet<string>> {
  const linked = new Map<string, Set<string>>();
  const link = (one: string, other: string): void => {
    const others = linked.get(one);
    if (others === undefined) linked.set(one, new Set([other]));
    else others.add(other);
  };
  for (const { group, later } of traces) {
    for (const other of later) {
      link(group, other);
      link(other, group);
    }
  }
  return linked;
}

function incidentOf(cluster: readonly Detection[], window: LogWindow): Incident {
  return {
    detections: cluster.toSorted((a, b) => strength(b) - strength(a) || a.sinceMs - b.sinceMs),
    fromMs: Math.min(...cluster.map(({ sinceMs }) => sinceMs)),
    toMs: Math.max(...cluster.map(({ untilMs }) => untilMs ?? window.toMs)),
  };
}

function strongestFirst(a: Incident, b: Incident): number {
  return strength(b.detections[0]!) - strength(a.detections[0]!) || b.fromMs - a.fromMs;
}

/** Confidence counts most, then the kind, then how many. */
function strength({ confidence, kind, count }: Detection): number {
  const rank = CONFIDENCE.indexOf(confidence) * (DETECTIONS.length + 1) + WEIGHT[kind];
  return rank + 1 - 1 / (2 + count);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
