import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oldestFirst, rotationNameOf } from './rotation-name.ts';

const alone = (name: string) => rotationNameOf(name, () => false);

describe('rotationNameOf', () => {
  it.each([
    ['app.log', 'app.log', null, null, null],
    ['app.log.1', 'app.log', null, null, 1],
    ['app.log.12.gz', 'app.log', 'gz', null, 12],
    ['syslog.2.zst', 'syslog', 'zst', null, 2],
    ['app.log-20250131', 'app.log', null, '20250131', null],
    ['app.log-20250131.gz', 'app.log', 'gz', '20250131', null],
    ['app.log-20250131-1738281600', 'app.log', null, '202501311738281600', null],
    ['app.log.2025-01-31', 'app.log', null, '20250131', null],
    ['app.log.2025-01-31-13', 'app.log', null, '2025013113', null],
    ['app.log.2025-01-31_13-05', 'app.log', null, '202501311305', null],
    ['app-2025-01-31.log', 'app.log', null, '20250131', null],
    ['app-2025-01-31.log.2', 'app.log', null, '20250131', 2],
    ['app.2025-01-31.3.log.gz', 'app.log', 'gz', '20250131', 3],
    ['app-2025-01-31T13-05-07.123.log', 'app.log', null, '20250131130507123', null],
    ['app-out__2025-01-31_00-00-00.log', 'app-out.log', null, '20250131000000', null],
    ['laravel-2025-01-31.log', 'laravel.log', null, '20250131', null],
    ['postgresql-2025-01-31_130507.csv', 'postgresql.csv', null, '20250131130507', null],
    ['0.log.20250131-130507.gz', '0.log', 'gz', '20250131130507', null],
    ['2025-01-31.log', '*.log', null, '20250131', null],
    ['2025-01-31-web.log', '*-web.log', null, '20250131', null],
    ['@4000000061ab5e8b1d0a2b3c.s', 'current', null, '4000000061ab5e8b1d0a2b3c', null],
    ['worker.1.log', 'worker.1.log', null, null, null],
    ['build-1.2.3.log', 'build-1.2.3.log', null, null, null],
    ['web-7f9c-json.log', 'web-7f9c-json.log', null, null, null],
  ])('%s', (name, base, packing, date, number) => {
    const place = alone(name);
    expect({ ...place, date: place.date?.replace(/0*$/, '') }).toEqual({
      base,
      packing,
      date: date?.replace(/0*$/, ''),
      number,
    });
  });

  it('takes a number before the ending for a rotation only beside the file it would come from', () => {
    const beside = (name: string) => rotationNameOf(name, (other) => other === 'app.log');
    expect(beside('app.1.log')).toMatchObject({ base: 'app.log', number: 1 });
    expect(beside('app.log.old')).toMatchObject({ base: 'app.log', number: 1 });
    expect(beside('worker.1.log')).toMatchObject({ base: 'worker.1.log', number: null });
  });

  it('copes with any name', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(alone(name).base.length).toBeLessThanOrEqual(name.length + 7);
      }),
    );
  });
});

describe('oldestFirst', () => {
  const order = (names: readonly string[], modifiedMs: (index: number) => number = () => 0) =>
    oldestFirst(
      names.map((name, index) => ({ name, place: alone(name), modifiedMs: modifiedMs(index) })),
    ).map(({ name }) => name);

  it('knows that logrotate counts down', () => {
    expect(order(['a.log', 'a.log.10.gz', 'a.log.2.gz', 'a.log.1'])).toEqual([
      'a.log.10.gz',
      'a.log.2.gz',
      'a.log.1',
      'a.log',
    ]);
  });

  it('knows from their times that others count up', () => {
    expect(order(['a.log.1', 'a.log.10', 'a.log.2'], (index) => [1, 10, 2][index]!)).toEqual([
      'a.log.1',
      'a.log.2',
      'a.log.10',
    ]);
  });

  it('orders dates, and numbers within a date', () => {
    expect(
      order(['a-2025-01-02.log', 'a-2025-01-01.log.2', 'a-2025-01-01.log', 'a-2025-01-01.log.1', 'a.log']),
    ).toEqual(['a-2025-01-01.log', 'a-2025-01-01.log.1', 'a-2025-01-01.log.2', 'a-2025-01-02.log', 'a.log']);
  });

  it('goes by time where a set has both kinds of names', () => {
    expect(order(['a.log.1', 'a.log-20250101', 'a.log'], (index) => [1, 2, 0][index]!)).toEqual([
      'a.log.1',
      'a.log-20250101',
      'a.log',
    ]);
  });
});
