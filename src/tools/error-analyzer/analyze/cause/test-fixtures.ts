import type { BackendEvent } from '../../../../core/event.ts';
import { seededRandom } from '../../../../core/statistics/random.ts';
import type { AttributeSample, ErrorGroup, LogWindow, MinuteCounts } from '../model.ts';
import type { CauseInput } from './types.ts';

/** An incident of twenty minutes after four quiet hours, as the tests of causes share it. */
export const FROM_MS = Date.UTC(2024, 2, 5, 8);
export const MINUTE_MS = 60_000;
export const ONSET_MS = FROM_MS + 240 * MINUTE_MS;
export const TO_MS = ONSET_MS + 20 * MINUTE_MS;

const PER_MINUTE = 6;

export type Fields = Record<string, string>;

/** A request as this made backend has them: two of five go to orders, acme orders more than others do. */
export function requestAt(random: () => number): Fields {
  const tenant = random() < 0.3 ? 'acme' : `tenant-${Math.floor(random() * 8)}`;
  const isOrder = random() < (tenant === 'acme' ? 0.8 : 0.2);
  const host = Math.floor(random() * 6);
  return {
    host: `web-${host}`,
    zone: `zone-${host % 3}`,
    tenant,
    endpoint: isOrder ? 'POST /orders' : 'GET /products',
  };
}

export interface MadeIncident {
  /** Which requests fail; all, when left out. */
  hits?: (fields: Fields) => boolean;
  title?: string;
  events?: readonly BackendEvent[];
  groups?: readonly ErrorGroup[];
  /** Changes the fields of all records. */
  dress?: (fields: Fields, atMs: number) => Fields;
}

export const MAIN = 'm00000000000a';

export function incidentOf({
  hits = () => true,
  title = 'could not compute total',
  events = [],
  groups = [],
  dress = (fields) => fields,
}: MadeIncident): CauseInput {
  const random = seededRandom(11);
  const attributes: AttributeSample[] = [];
  for (let atMs = FROM_MS; atMs < TO_MS; atMs += MINUTE_MS / 4) {
    attributes.push({ atMs, weight: 12, group: null, fields: dress(requestAt(random), atMs) });
  }
  const failed: AttributeSample[] = [];
  for (let atMs = ONSET_MS; atMs < TO_MS; atMs += MINUTE_MS / PER_MINUTE) {
    let fields = dress(requestAt(random), atMs);
    while (!hits(fields)) fields = dress(requestAt(random), atMs);
    failed.push({ atMs, weight: 1, group: MAIN, fields });
  }
  const main = groupOf({ id: MAIN, title, records: failed });
  const window: LogWindow = {
    fromMs: FROM_MS,
    toMs: TO_MS,
    records: minutesOf(FROM_MS, TO_MS, 48),
    errors: main.minutes,
    groups: [main, ...groups],
    attributes: [...attributes, ...failed],
    traces: [],
    blindMinutes: [],
  };
  const detection = {
    kind: 'new' as const,
    group: MAIN,
    sinceMs: ONSET_MS,
    untilMs: null,
    count: main.count,
    expected: null,
    pValue: null,
    confidence: 'likely' as const,
    because: 'made',
  };
  return {
    incident: { detections: [detection], fromMs: ONSET_MS, toMs: TO_MS },
    window,
    events,
    findings: [],
  };
}

export interface MadeGroup {
  id: string;
  title: string;
  records: readonly { atMs: number; fields?: Fields }[];
  level?: ErrorGroup['level'];
}

export function groupOf({ id, title, records, level = 'error' }: MadeGroup): ErrorGroup {
  const counts = new Map<number, number>();
  for (const { atMs } of records) {
    const minute = Math.floor(atMs / MINUTE_MS);
    counts.set(minute, (counts.get(minute) ?? 0) + 1);
  }
  return {
    id,
    kind: 'message',
    title,
    culprit: null,
    level,
    isError: level === 'error',
    count: records.length,
    firstMs: records[0]?.atMs ?? 0,
    lastMs: records.at(-1)?.atMs ?? 0,
    minutes: [...counts],
    users: null,
    hosts: null,
    requests: null,
    fields: [],
    samples: [{ atMs: null, level, text: title, fields: {}, stream: 'app.log' }],
    releases: [],
    merged: [],
  };
}

function minutesOf(fromMs: number, toMs: number, count: number): MinuteCounts {
  const from = fromMs / MINUTE_MS;
  return Array.from({ length: (toMs - fromMs) / MINUTE_MS }, (_, index) => [from + index, count] as const);
}

export function eventOf(event: Partial<BackendEvent> & Pick<BackendEvent, 'kind' | 'atMs'>): BackendEvent {
  return { id: 'event', title: 'made', attributes: {}, ...event };
}
