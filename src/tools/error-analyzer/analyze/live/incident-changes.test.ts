import { describe, expect, it } from 'vitest';
import type { ExplainedIncident } from '../assess.ts';
import type { Detection, DetectionKind } from '../detect/types.ts';
import type { ErrorGroup, LogWindow } from '../model.ts';
import { incidentChanges, type ToldIncident } from './incident-changes.ts';
import { movementsOf } from './movements.ts';
import { worstIncidents } from './urgency.ts';
import { MINUTE_MS } from '../minutes.ts';

const T0 = Date.UTC(2026, 2, 1, 12);
const minute = (offset: number): number => T0 / MINUTE_MS + offset;

/** A group with so many records in each of some minutes after T0. */
function group(id: string, minutes: readonly [offset: number, count: number][]): ErrorGroup {
  const count = minutes.reduce((sum, [, each]) => sum + each, 0);
  return {
    id,
    kind: 'message',
    title: `error of ${id}`,
    culprit: null,
    level: 'error',
    isError: true,
    count,
    firstMs: T0 + (minutes[0]?.[0] ?? 0) * MINUTE_MS,
    lastMs: T0 + (minutes.at(-1)?.[0] ?? 0) * MINUTE_MS,
    minutes: minutes.map(([offset, each]) => [minute(offset), each]),
    users: null,
    hosts: null,
    requests: null,
    fields: [],
    samples: [],
    releases: [],
    merged: [],
  };
}

/** Traffic every minute from an hour before T0 until `end` minutes after it. */
function windowUntil(end: number, groups: readonly ErrorGroup[], silentFrom = end): LogWindow {
  const records = Array.from({ length: silentFrom + 60 }, (_, at): [number, number] => [minute(at - 60), 50]);
  return {
    fromMs: T0 - 3_600_000,
    toMs: T0 + end * MINUTE_MS,
    records,
    errors: [],
    groups,
    attributes: [],
    traces: [],
    blindMinutes: [],
  };
}

function incident(
  groupId: string,
  kind: DetectionKind,
  { sinceMin = 0, untilMin = null, confidence = 'likely' }: Shape = {},
): ExplainedIncident {
  const detection: Detection = {
    kind,
    group: groupId,
    sinceMs: T0 + sinceMin * MINUTE_MS,
    untilMs: untilMin === null ? null : T0 + untilMin * MINUTE_MS,
    count: 5,
    expected: null,
    pValue: null,
    confidence,
    because: 'it was seen',
  };
  const toMs = detection.untilMs ?? T0 + 60 * MINUTE_MS;
  return {
    incident: { detections: [detection], fromMs: detection.sinceMs, toMs },
    cause: { changePoint: null, candidates: [], notes: [] },
  };
}
interface Shape {
  sinceMin?: number;
  untilMin?: number | null;
  confidence?: Detection['confidence'];
}

function kindsOf(
  told: readonly ToldIncident[],
  now: readonly ExplainedIncident[],
  window: LogWindow,
): string[] {
  return incidentChanges(told, now, window).changes.map(({ kind }) => kind);
}

describe('changes of incidents', () => {
  const steady = group('m1', [
    [0, 3],
    [1, 3],
    [2, 3],
  ]);

  it('are told once, however often it is looked at', () => {
    const window = windowUntil(3, [steady]);
    const first = incidentChanges([], [incident('m1', 'new')], window);
    expect(first.changes.map(({ kind }) => kind)).toEqual(['began']);
    expect(kindsOf(first.told, [incident('m1', 'new')], window)).toEqual([]);
  });

  it('end once the error is not seen although logs go on, and go on when it is back', () => {
    const now = [incident('m1', 'new')];
    const { told } = incidentChanges([], now, windowUntil(3, [steady]));
    expect(kindsOf(told, now, windowUntil(30, [steady]))).toEqual(['over']);
    const over = incidentChanges(told, now, windowUntil(30, [steady])).told;
    const back = group('m1', [
      [0, 3],
      [1, 3],
      [2, 3],
      [31, 1],
    ]);
    expect(kindsOf(over, now, windowUntil(32, [back]))).toEqual(['again']);
  });

  it('do not end because all logs are silent', () => {
    const now = [incident('m1', 'new')];
    const { told } = incidentChanges([], now, windowUntil(3, [steady]));
    expect(kindsOf(told, now, windowUntil(30, [steady], 3))).toEqual([]);
  });

  it('end with the burst, or when they are none any more: somebody said that it does no harm', () => {
    const window = windowUntil(3, [steady]);
    const { told } = incidentChanges([], [incident('m1', 'spiking')], window);
    expect(kindsOf(told, [incident('m1', 'spiking', { untilMin: 2 })], window)).toEqual(['over']);
    expect(kindsOf(told, [], window)).toEqual(['over']);
  });

  it('are not told of what was over before anybody looked, nor is the end of a silence', () => {
    const window = windowUntil(59, [steady]);
    expect(kindsOf([], [incident('m1', 'new')], window)).toEqual([]);
    const { told, changes } = incidentChanges([], [incident('m1', 'disappeared')], window);
    expect(changes.map(({ kind }) => kind)).toEqual(['began']);
    expect(kindsOf(told, [], window)).toEqual([]);
  });
});

describe('what matters most', () => {
  it('is what goes on, what is sure, and what is frequent', () => {
    const groups = [
      group('over', [
        [0, 500],
        [1, 500],
      ]),
      group('unsure', [
        [58, 90],
        [59, 90],
      ]),
      group('rare', [
        [58, 1],
        [59, 1],
      ]),
      group('often', [
        [58, 40],
        [59, 40],
      ]),
      group('gone', [[0, 5]]),
    ];
    const incidents = [
      incident('over', 'spiking', { untilMin: 2 }),
      incident('unsure', 'new', { sinceMin: 58, confidence: 'possible' }),
      incident('rare', 'new', { sinceMin: 58 }),
      incident('often', 'new', { sinceMin: 58 }),
      incident('gone', 'disappeared'),
    ];
    const worst = worstIncidents(incidents, windowUntil(60, groups));
    expect(worst.map(({ incident: { detections } }) => detections[0]?.group)).toEqual([
      'often',
      'rare',
      'unsure',
      'over',
    ]);
  });

  it('is of the groups the one that rises most beside its own past', () => {
    const hourly = Array.from({ length: 60 }, (_, at): [number, number] => [at, 20]);
    const rising = group('rising', [
      [10, 1],
      [58, 8],
      [59, 8],
    ]);
    const movements = movementsOf(
      windowUntil(60, [group('steady', hourly), rising, group('old', [[-20, 9]])]),
    );
    expect(movements.map(({ group: { id } }) => id)).toEqual(['rising', 'steady']);
    expect(movements[1]).toMatchObject({ nowPerMinute: 20, beforePerMinute: 20 });
  });
});
