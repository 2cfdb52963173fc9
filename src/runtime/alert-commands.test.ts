import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../core/alert.ts';
import { listAlerts } from './alert-list.ts';
import type { RunResult } from './envelope.ts';
import { reportHeartbeat } from './heartbeat.ts';
import { addMaintenance, endMaintenance, listMaintenance } from './maintenance-windows.ts';
import { parseMoment } from './moments.ts';
import { openTestShop, SECRET, type TestShop } from './runtime-fixture.ts';
import type { Runtime } from './runtime.ts';
import { OWN_DATA_SCHEMAS } from './schemas.ts';
import { silenceAlerts, unsilenceAlerts } from './silences.ts';

const T0 = Date.UTC(2026, 10, 22, 12);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let shop: TestShop;
let runtime: Runtime;
let nowMs: number;

beforeEach(async () => {
  nowMs = T0;
  shop = await openTestShop();
  await shop.configure({
    targets: { shop: { baseUrl: shop.url, headers: { 'x-key': { $env: 'SHOP_KEY' } } } },
    alerts: { heartbeats: [{ name: 'backup', every: '24h', grace: '30m' }] },
    maintenance: [{ name: 'nightly', from: '02:30', to: '03:15', days: ['tue'] }],
  });
  const never = (): never => {
    throw new Error('nothing here waits');
  };
  const clock = { wallMs: () => nowMs, monotonicMs: () => nowMs, sleep: never, after: never };
  runtime = await shop.open({ clock, random: () => 0.25 });
});
afterEach(() => shop.close());

function alert(name: string, over: Partial<Alert> = {}): Alert {
  return {
    id: `deps-${name}`,
    fingerprint: name,
    rule: 'deps/down',
    severity: 'high',
    title: `${name} is down`,
    subject: { kind: 'dependency', name },
    evidence: [],
    state: 'firing',
    group: `dependency ${name}`,
    startedAtMs: T0 - HOUR_MS,
    firedAtMs: T0 - HOUR_MS,
    clearedAtMs: null,
    resolvedAtMs: null,
    suppression: null,
    ...over,
  };
}

function commit(...alerts: Alert[]): void {
  const nothing = { groups: [], endedGroups: [], messages: [], nowMs };
  runtime.openStore().alerts.commit({ ...nothing, alerts });
}

/** The summary of a result whose data is as published. */
function summaryOf({ report }: RunResult): string {
  expect(OWN_DATA_SCHEMAS[report.command]?.safeParse(report.data).success).toBe(true);
  return report.summary;
}

/** Cells of each table, without tones. */
function tables({ report }: RunResult): Record<string, unknown[][]> {
  return Object.fromEntries(
    report.sections.flatMap((block) =>
      block.kind === 'table'
        ? [
            [
              block.title ?? '',
              block.rows.map((row) =>
                row.map((cell) => (cell !== null && typeof cell === 'object' ? cell.text : cell)),
              ),
            ],
          ]
        : [],
    ),
  );
}

describe('alerts list', () => {
  it('says that nothing fires, and that nobody watches', async () => {
    const result = await listAlerts(runtime);
    expect(summaryOf(result)).toBe(
      'Nothing fires. No daemon has run on this store: `rearguard serve` watches and tells.',
    );
    expect(result).toMatchObject({ exitCode: 0, report: { status: 'pass', sections: [] } });
  });

  it('tells what fires from what is kept quiet, and what is over', async () => {
    const over = { state: 'resolved', clearedAtMs: T0 - 20 * MINUTE_MS, resolvedAtMs: T0 } as const;
    commit(
      alert('mail', { severity: 'medium' }),
      alert('payment', { severity: 'critical' }),
      alert('search', { suppression: { kind: 'cause', by: 'gateway' } }),
      alert('cache', over),
      alert('long gone', { ...over, resolvedAtMs: T0 - 25 * HOUR_MS }),
      alert('never fired', { ...over, firedAtMs: null }),
    );
    runtime.openStore().lease.take({ holder: 'daemon', nowMs: T0 - 3 * HOUR_MS, staleBeforeMs: 0 });
    const result = await listAlerts(runtime);
    expect(summaryOf(result)).toBe(
      '2 alerts fire, 1 kept quiet, 1 over since yesterday. The daemon was last seen 3h ago: nobody is told until `rearguard serve` runs.',
    );
    expect(tables(result)).toEqual({
      Firing: [
        ['critical', '1h', 'payment is down', 'not yet'],
        ['medium', '1h', 'mail is down', 'not yet'],
      ],
      'Firing and kept quiet': [['high', '1h', 'search is down', 'because of gateway', 'nobody']],
      'Over since yesterday': [['high', '40m', 'cache is down', '20m']],
    });
  });

  it('says who silenced what until when, and who had been told before', async () => {
    await silenceAlerts(runtime, '*', { forMs: 2 * HOUR_MS, reason: 'x' });
    const suppression = { kind: 'silence', by: 'silence-400000' } as const;
    const told = alert('payment', { suppression });
    // Of the same group, but it came when nobody was told any more.
    const untold = alert('mail', { suppression, group: told.group });
    const orphan = alert('cache', { suppression: { kind: 'silence', by: 'silence-ended' } });
    runtime.openStore().alerts.commit({
      alerts: [told, untold, orphan],
      groups: [
        {
          key: told.group,
          episode: T0,
          firstFiredAtMs: T0 - HOUR_MS,
          notifiedAtMs: T0 - HOUR_MS,
          notifiedSeverity: 'high',
          notifiedSubjects: ['dependency payment'],
          notifiers: ['team', 'pager'],
          messages: 1,
        },
      ],
      endedGroups: [],
      messages: [],
      nowMs,
    });
    const result = await listAlerts(runtime);
    expect(summaryOf(result)).toContain('Nothing fires, 3 kept quiet.');
    const why = 'silenced until 2026-11-22 14:00 UTC (silence-400000)';
    const rows = tables(result)['Firing and kept quiet'];
    expect(rows).toHaveLength(3);
    expect(rows).toEqual(
      expect.arrayContaining([
        ['high', '1h', 'payment is down', why, 'team, pager'],
        ['high', '1h', 'mail is down', why, 'nobody'],
        ['high', '1h', 'cache is down', 'silenced (silence-ended)', 'nobody'],
      ]),
    );
  });
});

describe('alerts silence and unsilence', () => {
  it('keep alerts quiet for a while, and say which', async () => {
    commit(alert('payment'), alert('mail'));
    const result = await silenceAlerts(runtime, 'pay*', { forMs: 2 * HOUR_MS, reason: `key ${SECRET}` });
    expect(summaryOf(result)).toBe(
      'silence-400000: pay* is silent for 2h, until 2026-11-22 14:00 UTC. 1 alert that fires now falls under it.',
    );
    const [stored] = runtime.openStore().windows.list({ fromMs: T0, toMs: T0 + 1 }, 'silence');
    expect(stored).toMatchObject({ subjects: ['pay*'], toMs: T0 + 2 * HOUR_MS });
    expect(stored?.reason).not.toContain(SECRET);
    expect(tables(await listAlerts(runtime))['Silences']).toMatchObject([
      ['silence-400000', 'pay*', '2026-11-22 14:00 UTC', expect.any(String)],
    ]);
  });

  it('end by the beginning of an id, once', async () => {
    await silenceAlerts(runtime, 'shop', { forMs: HOUR_MS, reason: 'x' });
    nowMs += MINUTE_MS;
    expect(summaryOf(await unsilenceAlerts(runtime, 'silence-4'))).toBe(
      'silence-400000 is over: shop is told again.',
    );
    expect(runtime.openStore().windows.list({ fromMs: nowMs, toMs: nowMs + 1 })).toEqual([]);
    expect(summaryOf(await unsilenceAlerts(runtime, 'silence-400000'))).toContain('was over already');
  });

  it('do not end what there is not', async () => {
    await silenceAlerts(runtime, 'shop', { forMs: HOUR_MS, reason: 'x' });
    const { report, exitCode } = await unsilenceAlerts(runtime, 'silence-500000');
    expect(exitCode).toBe(2);
    expect(report.error).toMatchObject({
      code: 'E_WINDOW_UNKNOWN',
      message: 'There is no silence silence-500000. Did you mean silence-400000?',
    });
    await addMaintenance(runtime, () => ({ fromMs: T0, toMs: T0 + 1, subjects: [], reason: 'x' }));
    expect((await unsilenceAlerts(runtime, 'work-400000')).report.error?.code).toBe('E_WINDOW_UNKNOWN');
  });
});

describe('maintenance', () => {
  const add = (fromMs: number, toMs: number, subjects: string[] = []) =>
    addMaintenance(runtime, () => ({ fromMs, toMs, subjects, reason: 'upgrade' }));

  it('may be now, ahead or past, and says what follows', async () => {
    expect(summaryOf(await add(T0, T0 + HOUR_MS, ['shop']))).toBe(
      'work-400000: shop, 2026-11-22 12:00 UTC to 2026-11-22 13:00 UTC (1h). Nobody will be told, and objectives leave it out.',
    );
  });

  it('in the past changes objectives', async () => {
    expect(summaryOf(await add(T0 - HOUR_MS, T0 - MINUTE_MS))).toContain(
      'It is past: objectives are recomputed without it',
    );
    expect(runtime.openStore().windows.list({ fromMs: T0 - HOUR_MS, toMs: T0 })).toHaveLength(1);
  });

  it('is refused when it ends before it begins', async () => {
    const { report, exitCode } = await add(T0, T0);
    expect([report.error?.code, exitCode]).toEqual(['E_USAGE', 2]);
  });

  it('is listed beside what the config plans', async () => {
    await add(T0 - HOUR_MS, T0 + HOUR_MS, ['shop', 'payment']);
    const result = await listMaintenance(runtime);
    expect(summaryOf(result)).toBe('1 window added by hand, 1 planned in the next 7 days.');
    expect(tables(result)['']).toEqual([
      ['work-400000', 'now', '2026-11-22 11:00', '2h', 'shop, payment', 'upgrade'],
      ['nightly', 'ahead', '2026-11-24 02:30', '45m', 'everything', 'config'],
    ]);
  });

  it('ends early, or is taken back', async () => {
    await add(T0 - HOUR_MS, T0 + HOUR_MS);
    expect(summaryOf(await endMaintenance(runtime, 'work-400000'))).toBe(
      'work-400000 is over after 1h; what fails from now on counts and is told.',
    );
    expect((await endMaintenance(runtime, 'work-9')).report.error?.code).toBe('E_WINDOW_UNKNOWN');
  });
});

describe('heartbeat', () => {
  it('is remembered, with the time of the next one', async () => {
    expect(summaryOf(await reportHeartbeat(runtime, 'backup'))).toBe(
      'backup has reported; the next time is expected by 2026-11-23 12:30 UTC.',
    );
    expect(runtime.openStore().heartbeats.last('backup')).toBe(T0);
  });

  it('is refused under a name that the config does not have', async () => {
    const { report, exitCode } = await reportHeartbeat(runtime, 'bakup');
    expect(exitCode).toBe(2);
    expect(report.error?.message).toBe('There is no heartbeat "bakup". Did you mean `backup`?');
    expect(runtime.openStore().heartbeats.last('bakup')).toBeUndefined();
  });
});

describe('parseMoment', () => {
  it.each([
    ['now', T0],
    ['-30m', T0 - 30 * MINUTE_MS],
    ['+1h30m', T0 + 90 * MINUTE_MS],
    ['2h', T0 + 2 * HOUR_MS],
    ['2026-11-22T14:00Z', T0 + 2 * HOUR_MS],
    ['2026-11-22 14:00+01:00', T0 + HOUR_MS],
    ['2026-11-22', new Date(2026, 10, 22).getTime()],
    ['2026-11-22T14:00', new Date(2026, 10, 22, 14).getTime()],
  ])('reads %j', (text, atMs) => {
    expect(parseMoment(text, '--from', T0)).toBe(atMs);
  });

  it.each(['yesterday', '', '30', '2026-13-01', '22.11.2026', '--5m', '14:00'])('refuses %j', (text) => {
    expect(() => parseMoment(text, '--from', T0)).toThrow('--from does not take');
  });
});
