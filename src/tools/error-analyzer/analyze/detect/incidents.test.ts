import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { continuesIncident, isUrgent, toIncidents } from './incidents.ts';
import { detectionOf, NOON, windowOf } from './test-fixture.ts';
import { DETECTIONS, type Incident } from './types.ts';
import { HOUR_MS, MINUTE_MS } from '../minutes.ts';

const START = NOON - HOUR_MS;
const at = (minutes: number): { sinceMs: number } => ({ sinceMs: START + minutes * MINUTE_MS });
const groupsOf = (incidents: readonly Incident[]): string[][] =>
  incidents.map(({ detections }) => detections.map(({ group }) => group));

describe('incidents', () => {
  it('hold what begins within two minutes, strongest first', () => {
    const detections = [
      detectionOf('spike', at(0)),
      detectionOf('new', { ...at(2), kind: 'new' }),
      detectionOf('later', at(20)),
    ];
    expect(groupsOf(toIncidents(detections, windowOf([])))).toEqual([['new', 'spike'], ['later']]);
  });

  it('hold what fails in the same traces within a quarter of an hour', () => {
    const traces = [{ trace: 't', group: 'database', service: null, atMs: START, later: ['checkout'] }];
    const detections = [
      detectionOf('database', at(0)),
      detectionOf('checkout', at(12)),
      detectionOf('mail', at(12)),
    ];
    const incidents = toIncidents(detections, windowOf([], { traces }));
    expect(groupsOf(incidents)).toEqual([['mail'], ['database', 'checkout']]);
  });

  it('hold what stopped when something else began', () => {
    const detections = [
      detectionOf('spike', at(0)),
      detectionOf('steady', { ...at(8), kind: 'disappeared' }),
    ];
    const [incident, ...others] = toIncidents(detections, windowOf([]));
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ fromMs: START, toMs: NOON });
  });

  it('wake nobody when all is only possible, or has stopped', () => {
    const [stopped] = toIncidents([detectionOf('m1', { kind: 'disappeared' })], windowOf([]));
    const [possible] = toIncidents(
      [detectionOf('m1', { kind: 'new', confidence: 'possible' })],
      windowOf([]),
    );
    const [likely] = toIncidents([detectionOf('m1')], windowOf([]));
    expect(
      [stopped, possible, likely].map((incident) => incident !== undefined && isUrgent(incident)),
    ).toEqual([false, false, true]);
  });

  it('go on while one of their groups does, without half an hour of silence', () => {
    const told = { detections: [detectionOf('m1')], fromMs: START, toMs: START + 10 * MINUTE_MS };
    const again = (minutes: number): Incident => ({
      ...told,
      fromMs: START + minutes * MINUTE_MS,
      toMs: NOON,
    });
    expect(continuesIncident(told, again(40))).toBe(true);
    expect(continuesIncident(told, again(41))).toBe(false);
    expect(continuesIncident(told, { ...again(5), detections: [detectionOf('m2')] })).toBe(false);
  });

  it('hold each detection once, in whatever order they come', () => {
    const detection = fc.record({
      group: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      kind: fc.constantFrom(...DETECTIONS),
      minutes: fc.integer({ min: 0, max: 50 }),
    });
    const many = fc.uniqueArray(detection, {
      selector: ({ group, minutes }) => `${group} ${minutes}`,
      maxLength: 12,
    });
    fc.assert(
      fc.property(many, (drawn) => {
        const detections = drawn.map(({ group, kind, minutes }) =>
          detectionOf(group, { kind, ...at(minutes) }),
        );
        const incidents = toIncidents(detections, windowOf([]));
        expect(incidents.flatMap((incident) => incident.detections)).toHaveLength(detections.length);
        expect(toIncidents(detections.toReversed(), windowOf([]))).toEqual(incidents);
      }),
    );
  });
});
