import { describe, expect, it } from 'vitest';
import type { ProjectFacts } from '../../project/facts.ts';
import type { EndpointFigure, TargetFigure } from './facts.ts';
import { endpointsBody } from './endpoints.ts';
import { contextFacts, declared, figure, projectFacts, target } from './facts-fixture.ts';
import { targetsBody } from './targets.ts';

const TODAY = '2026-11-28';

function rows(
  endpoints: readonly EndpointFigure[],
  { written = '', today = TODAY, project = projectFacts(), room = 24 } = {},
): string[] {
  const { endpoints: figures } = contextFacts({ endpoints });
  return endpointsBody({ endpoints: figures, today }, project, room, written).split('\n').slice(2);
}

/** The row of GET /api/users/{id} with these figures, over a file that has `before`. */
function rowAfter(
  before: Partial<EndpointFigure>,
  now: Partial<EndpointFigure> | null,
  today = TODAY,
): string {
  const written = endpointsBody(
    { endpoints: [figure('GET /api/users/7', before)], today },
    projectFacts(),
    24,
    '',
  );
  return rows(now === null ? [] : [figure('GET /api/users/7', now)], { written, today })[0] ?? '';
}

describe('figures of endpoints', () => {
  it.each<[string, Partial<EndpointFigure>, Partial<EndpointFigure> | null, string]>([
    ['stays within 10 %', { p95Ms: 120 }, { p95Ms: 131 }, '120 ms | 0 % | 2026-11-28'],
    ['follows from 10 % on', { p95Ms: 120 }, { p95Ms: 132.5 }, '133 ms | 0 % | 2026-11-28'],
    ['follows when it falls', { p95Ms: 120 }, { p95Ms: 60 }, '60 ms | 0 % | 2026-11-28'],
    ['follows over its objective', { p95Ms: 195 }, { p95Ms: 205 }, '205 ms | 0 % | 2026-11-28'],
    [
      'follows when calls begin to fail',
      { errorPercent: 0 },
      { errorPercent: 0.2 },
      '120 ms | 0.2 % | 2026-11-28',
    ],
    ['is kept for a day', { measuredOn: '2026-11-27' }, {}, '120 ms | 0 % | 2026-11-27'],
    ['is dated anew after it', { measuredOn: '2026-11-26' }, {}, '120 ms | 0 % | 2026-11-28'],
    ['yields to none that is older', { p95Ms: 90 }, { measuredOn: '2026-11-20' }, '90 ms | 0 % | 2026-11-28'],
    ['is kept where nobody measured', { p95Ms: 90 }, null, '90 ms | 0 % | 2026-11-28'],
    [
      'is measured by calls that succeed',
      { p95Ms: 90 },
      { p95Ms: null, errorPercent: 100 },
      '– | 100 % | 2026-11-28',
    ],
    ['of thousands is read back', { p95Ms: 12_340 }, { p95Ms: 12_500 }, '12,340 ms | 0 % | 2026-11-28'],
  ])('%s', (_, before, now, cells) => {
    expect(rowAfter(before, now)).toBe(
      `| User management | \`GET /api/users/{id}\` | \`src/users.ts\` | ${cells} |`,
    );
  });

  it('from a day that is still to come are no figures', () => {
    expect(rowAfter({ measuredOn: '2027-01-01' }, null)).toContain('| – | – | – |');
  });

  it('belong to the declaration that fits best, and of several calls the slowest counts', () => {
    const project = projectFacts({
      endpoints: [declared('ANY', '/users/{id}', 'a.ts:1'), declared('GET', '/users/me', 'a.ts:2')],
    });
    const found = rows(
      [
        figure('GET /users/me', { p95Ms: 10 }),
        figure('GET /users/7', { p95Ms: 20 }),
        figure('GET /users/8?full=1', { p95Ms: 30 }),
        figure('GET /other', { p95Ms: 40 }),
      ],
      { project },
    );
    expect(found).toEqual([
      '| User management | `ANY /users/{id}` | `a.ts` | 30 ms | 0 % | 2026-11-28 |',
      '| User management | `GET /users/me` | `a.ts` | 10 ms | 0 % | 2026-11-28 |',
      '| Core functionality | `GET /other` | – | 40 ms | 0 % | 2026-11-28 |',
    ]);
  });

  it('come in areas; where there is no room the bad ones stay, and the rest is named', () => {
    const project: ProjectFacts = projectFacts({
      endpoints: [
        declared('GET', '/healthz', 'ops.ts:1'),
        declared('GET', '/orders', 'orders.ts:1'),
        declared('GET', '/admin/users', 'admin.ts:1'),
        declared('POST', '/auth/login', 'auth.ts:1'),
      ],
    });
    const endpoints = [figure('GET /orders', { p95Ms: 500 })];
    expect(rows(endpoints, { project }).map((row) => row.split(' | ')[0])).toEqual([
      '| Authentication',
      '| Core functionality',
      '| Core functionality',
      '| Admin operations',
    ]);
    expect(rows(endpoints, { project, room: 1 })).toEqual([
      '| Core functionality | `GET /orders` | `orders.ts` | 500 ms | 0 % | 2026-11-28 |',
      '',
      '3 more in the code: `ops.ts`, `admin.ts`, `auth.ts`',
    ]);
  });
});

describe('targets', () => {
  const bodyOf = (figures: TargetFigure, written = ''): string =>
    targetsBody([figures], written).split('\n')[2] ?? '';

  it('are kept, moved and judged like figures', () => {
    const before = targetsBody([target({ value: 190 })], '');
    expect(bodyOf(target({ value: 195 }), before)).toContain('| 190 ms | met | 2026-11-28 |');
    expect(bodyOf(target({ value: 201, isMet: false }), before)).toContain('| 201 ms | **missed** |');
    expect(bodyOf(target(null), before)).toContain('| 190 ms | met | 2026-11-28 |');
    expect(bodyOf({ ...target(null), goal: '95 % of calls within 100 ms' }, before)).toContain('unknown');
  });

  it('of uptime move with the time that was down', () => {
    const uptime = (value: number): TargetFigure => ({
      ...target({ value, unit: '%', isMet: value >= 99.9 }),
      name: 'Uptime',
    });
    const before = targetsBody([uptime(99.99)], '');
    expect(bodyOf(uptime(99.95), before)).toContain('99.95 %');
    expect(bodyOf(uptime(99.9905), before)).toContain('99.99 %');
  });
});
