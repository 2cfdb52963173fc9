import { describe, expect, it } from 'vitest';
import { explainIncident } from './explain.ts';
import { eventOf, groupOf, incidentOf, MAIN, MINUTE_MS, ONSET_MS, TO_MS } from './test-fixtures.ts';
import type { CauseInput } from './types.ts';

function titles(input: CauseInput): string[] {
  return explainIncident(input).candidates.map(({ kind, title }) => `${kind}: ${title}`);
}

const deploy = eventOf({
  kind: 'deploy',
  atMs: ONSET_MS - 2 * MINUTE_MS,
  title: 'Deployment of 2.4.1',
  release: '2.4.1',
});

describe('explainIncident', () => {
  it('says that nothing is supported where errors are spread as traffic is', () => {
    const { candidates, notes, changePoint } = explainIncident(incidentOf({}));
    expect(candidates).toEqual([]);
    expect(notes).toContain('The errors are spread as traffic is over host, tenant, zone.');
    expect(changePoint?.fromMs).toBeLessThanOrEqual(ONSET_MS);
    expect(changePoint?.toMs).toBeGreaterThanOrEqual(ONSET_MS);
  });

  it('names the value in which all of it is, not the wider one around it', () => {
    const { candidates } = explainIncident(incidentOf({ hits: ({ host }) => host === 'web-4' }));
    expect(candidates.map(({ title }) => title)).toEqual(['only host = web-4']);
    expect(candidates[0]?.counterCheck).toContain('Do others fail as well');
  });

  it('names two values together where neither alone is enough', () => {
    const input = incidentOf({ hits: ({ host, tenant }) => host === 'web-2' && tenant === 'acme' });
    expect(titles(input)).toEqual(['dimension: only host = web-2 and tenant = acme']);
  });

  it('names two values of one field where both fail', () => {
    const input = incidentOf({ hits: ({ host }) => host === 'web-1' || host === 'web-5' });
    expect(titles(input)[0]).toMatch(/^dimension: only host = web-[15] or web-[15]$/);
  });

  it('blames nobody for using most what fails', () => {
    expect(titles(incidentOf({ hits: ({ endpoint }) => endpoint === 'POST /orders' }))).toEqual([]);
  });

  it('names the deploy just before errors that were never there', () => {
    const { candidates } = explainIncident(incidentOf({ events: [deploy] }));
    expect(candidates[0]).toMatchObject({ kind: 'deploy', title: 'Deploy 2.4.1 at 11:58' });
    expect(candidates[0]?.counterCheck).toContain('Also present before 11:58? No');
  });

  it('acquits a deploy whose old releases fail as often', () => {
    const dress = (fields: Record<string, string>, atMs: number): Record<string, string> => ({
      ...fields,
      release: atMs > deploy.atMs && Number(fields['host']?.slice(4)) < 3 ? '2.4.1' : '2.4.0',
    });
    expect(titles(incidentOf({ events: [deploy], dress }))).toEqual([]);
    const { candidates } = explainIncident(
      incidentOf({ events: [deploy], dress, hits: ({ release }) => release === '2.4.1' }),
    );
    expect(candidates[0]).toMatchObject({ kind: 'deploy' });
    expect(candidates[0]?.counterCheck).toContain('Do other releases fail as often? No');
  });

  it('does not take a rollout to everybody for a place where errors are', () => {
    const dress = (fields: Record<string, string>, atMs: number): Record<string, string> => ({
      ...fields,
      release: atMs > ONSET_MS - 90 * MINUTE_MS ? '2.4.1' : '2.4.0',
    });
    expect(titles(incidentOf({ dress }))).toEqual([]);
  });

  it('takes a dependency for the cause that the message names, and not one that fell at the same time', () => {
    const down = (name: string, atMs: number): ReturnType<typeof eventOf> =>
      eventOf({
        id: name,
        kind: 'state-change',
        atMs,
        title: `${name} is down`,
        attributes: { dependency: name, to: 'down' },
      });
    const input = incidentOf({
      title: 'connect ECONNREFUSED billing:443',
      events: [down('mailer', ONSET_MS - MINUTE_MS), down('billing', ONSET_MS + MINUTE_MS)],
    });
    expect(titles(input)[0]).toBe('event: State change at 12:01: billing is down');
    expect(titles(input).join()).not.toContain('mailer');
  });

  it('does not hold what the errors bring about for their cause', () => {
    const events = [
      eventOf({
        kind: 'state-change',
        atMs: ONSET_MS,
        title: 'POST /orders is down',
        attributes: { endpoint: 'POST /orders', to: 'down' },
      }),
      eventOf({
        kind: 'state-change',
        atMs: ONSET_MS,
        title: 'billing is up',
        attributes: { dependency: 'billing', to: 'up' },
      }),
    ];
    const retries = groupOf({
      id: 'mretry',
      title: 'retrying request',
      level: 'warn',
      records: Array.from({ length: 100 }, (_, index) => ({ atMs: ONSET_MS + index * 12_000 })),
    });
    expect(titles(incidentOf({ events, groups: [retries] }))).toEqual([]);
  });

  it('finds the line that says what was changed', () => {
    const flag = groupOf({
      id: 'mflag',
      title: 'feature express-checkout enabled',
      level: 'info',
      records: [{ atMs: ONSET_MS - 2 * MINUTE_MS }],
    });
    const input = incidentOf({ title: 'express-checkout: total is not a number', groups: [flag] });
    expect(titles(input)).toEqual([
      'new-template: “feature express-checkout enabled”, for the first time at 11:58',
    ]);
  });

  it('names what fails first in the same traces', () => {
    const stock = groupOf({
      id: 'mstock',
      title: 'stock is locked',
      records: Array.from({ length: 30 }, (_, index) => ({ atMs: ONSET_MS + index * 20_000 })),
    });
    const input = incidentOf({ groups: [stock] });
    const traces = Array.from({ length: 30 }, (_, index) => ({
      trace: `t${index}`,
      group: 'mstock',
      service: 'inventory',
      atMs: ONSET_MS + index * 20_000,
      later: [MAIN],
    }));
    expect(titles({ ...input, window: { ...input.window, traces } })).toEqual([
      'upstream: “stock is locked” in inventory fails first',
    ]);
  });

  it('adds up to the score it gives, whatever was found', () => {
    const { candidates } = explainIncident(
      incidentOf({
        title: 'certificate has expired',
        events: [deploy],
        hits: ({ host }) => host === 'web-1',
      }),
    );
    expect(candidates.length).toBeGreaterThan(1);
    for (const { score, parts } of candidates) {
      expect(parts.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(score, 6);
      expect(score).toBeLessThanOrEqual(1);
    }
  });

  it('does not depend on the order of samples and groups', () => {
    const input = incidentOf({ events: [deploy], hits: ({ tenant }) => tenant === 'acme' });
    const { window } = input;
    const turned = {
      ...window,
      attributes: window.attributes.toReversed(),
      groups: window.groups.toReversed(),
    };
    expect(explainIncident({ ...input, window: turned })).toEqual(explainIncident(input));
  });

  it('keeps its head with hostile fields and no history', () => {
    const dress = (fields: Record<string, string>): Record<string, string> => ({
      ...fields,
      ...(JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>),
      host: `\u001b[31m${fields['host'] ?? ''}\nignore`,
    });
    const input = incidentOf({ dress, hits: ({ host }) => (host ?? '').includes('web-4') });
    expect(titles(input)).toEqual(['dimension: only host = “web-4 ignore”']);
    const bare = { ...input.window, fromMs: ONSET_MS, toMs: TO_MS, attributes: [], groups: [] };
    expect(explainIncident({ ...input, window: bare })).toEqual({
      changePoint: null,
      candidates: [],
      notes: ['The window holds no record of these errors.'],
    });
  });
});
