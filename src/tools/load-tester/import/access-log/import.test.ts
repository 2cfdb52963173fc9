import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseScenario } from '../../scenario/read-scenario.ts';
import type { ScenarioDocument } from '../../scenario/schema.ts';
import { openTestSite, type TestSite } from '../../scenario/scenario-fixture.ts';
import { importAccessLog } from './import.ts';
import { type LogSettings, makeLog } from '../../../../../bench/lib/load/made-log.ts';

const SETTINGS: LogSettings = {
  seed: 3,
  sessions: 3_000,
  rate: 50,
  format: 'combined',
  startMs: 1_760_000_000_000,
  pauseMs: 400,
};

let site: TestSite;
beforeEach(async () => {
  site = await openTestSite((_, response) => response.end());
});
afterEach(() => site.close());

function parsed(document: unknown): ScenarioDocument {
  return parseScenario(document, { path: 'test', locate: () => '' });
}

/** Share of each endpoint when sessions are drawn by weight. */
function mixOf(document: ScenarioDocument): Map<string, number> {
  const counts = new Map<string, number>();
  let total = 0;
  for (const { weight, steps } of Object.values(document.scenarios ?? {})) {
    for (const step of steps) {
      const name = typeof step === 'string' ? step : (step.name ?? step.request);
      counts.set(name, (counts.get(name) ?? 0) + weight);
      total += weight;
    }
  }
  return new Map([...counts].map(([name, count]) => [name, count / total]));
}

function expectMix(made: Map<string, number>, document: ScenarioDocument): void {
  const total = [...made.values()].reduce((sum, count) => sum + count, 0);
  const mix = mixOf(document);
  expect([...mix.keys()].toSorted()).toEqual([...made.keys()].toSorted());
  for (const [name, count] of made) expect(mix.get(name)).toBeCloseTo(count / total, 3);
}

describe('importAccessLog', () => {
  it.each([
    // Whole seconds blur a pause of 400 ms.
    { format: 'combined', digits: -4 },
    { format: 'nginx-json', digits: -2 },
    { format: 'pino', digits: -2 },
  ] as const)('keeps mix, shapes and rate of a $format log', async ({ format, digits }) => {
    const made = makeLog({ ...SETTINGS, format });
    const path = await site.write('access.log', `${made.lines.join('\n')}\n`);
    const { document, source } = await importAccessLog(site.context(), path, {
      target: 'shop',
      replay: false,
    });
    const checked = parsed(document);
    expectMix(made.mix, checked);
    expect(source).toContain(`${made.lines.length} requests in 3000 sessions`);
    expect(Object.keys(checked.scenarios ?? {})).toHaveLength(4);
    const stages = checked.model?.kind === 'arrivals' ? (checked.model.stages ?? []) : [];
    const sessions = stages.reduce((sum, { to, duration }) => sum + (to * duration) / 1_000, 0);
    expect(sessions).toBeGreaterThan(2_900);
    expect(sessions).toBeLessThan(3_100);
    const [first] = Object.values(checked.scenarios ?? {});
    const think = typeof first?.steps[0] === 'object' ? first.steps[0].think : undefined;
    expect(think).toMatchObject({ median: expect.closeTo(400, digits) });
  });

  it('replays each request at its own time', async () => {
    const made = makeLog({ ...SETTINGS, format: 'nginx-json', sessions: 500 });
    const path = await site.write('access.log.gz', gzipSync(made.lines.join('\n')));
    const { document, times } = await importAccessLog(site.context(), path, { target: 'shop', replay: true });
    expectMix(made.mix, parsed(document));
    const [first = 0] = made.timesMs;
    const offset = times!.atMs[0]!;
    expect(times!.atMs).toHaveLength(made.timesMs.length);
    for (const [index, atMs] of made.timesMs.entries()) {
      expect(times!.atMs[index]! - offset).toBeCloseTo(atMs - first, -1);
    }
  });

  it('samples concrete paths without secrets, and gives a session another one at each visit', async () => {
    const lines = Array.from(
      { length: 60 },
      (_, index) =>
        `10.0.0.1 - - [10/Oct/2025:13:55:${String(index).padStart(2, '0')} +0000] "GET /p/${index}?token=abcdef0123456789${index} HTTP/1.1" 200 5 "-" "x"`,
    );
    const path = await site.write('access.log', lines.join('\n'));
    const { document, tables } = await importAccessLog(site.context(), path, {
      target: 'shop',
      replay: false,
    });
    const [table] = tables.values();
    expect(table?.fields).toEqual(['path_1', 'path_1_2', 'path_1_3', 'path_1_4']);
    expect(table?.rows).toHaveLength(60);
    expect(table?.rows.every((row) => row.every((cell) => /^\/p\/\d+\?token=redacted$/.test(cell)))).toBe(
      true,
    );
    const [first] = Object.values(parsed(document).scenarios ?? {});
    expect(first?.steps.slice(0, 2)).toMatchObject([
      { request: 'GET {{path_1|raw}}', name: 'GET /p/{id}' },
      { request: 'GET {{path_1_2|raw}}', name: 'GET /p/{id}' },
    ]);
  });

  it('leaves out what cannot be replayed, and counts it', async () => {
    const line = (request: string, status: number): string =>
      `10.0.0.1 - - [10/Oct/2025:13:55:36 +0000] "${request}" ${status} 5 "-" "x"`;
    const path = await site.write(
      'access.log',
      [
        line('GET /a HTTP/1.1', 200),
        line('GET /a HTTP/1.1', 500),
        line('GET /wp-login.php HTTP/1.1', 404),
        line('POST /orders HTTP/1.1', 201),
        line(String.raw`\x16\x03\x01`, 400),
      ].join('\n'),
    );
    const { document, notes } = await importAccessLog(site.context(), path, {
      target: 'shop',
      replay: false,
    });
    expect([...mixOf(parsed(document)).keys()]).toEqual(['GET /a']);
    expect(notes.map(({ reason }) => reason)).toEqual([
      '1 POST requests of the log',
      '1 requests of the log were answered with 4xx',
      '1 lines of the log could not be read',
    ]);
  });

  it('takes the busiest part of a long log', async () => {
    const quiet = makeLog({ ...SETTINGS, sessions: 100, rate: 0.1 });
    const busy = makeLog({ ...SETTINGS, sessions: 2_000, rate: 50, startMs: SETTINGS.startMs + 2_000_000 });
    const path = await site.write('access.log', [...quiet.lines, ...busy.lines].join('\n'));
    const { document, source } = await importAccessLog(site.context(), path, {
      target: 'shop',
      replay: false,
      windowMs: 20_000,
    });
    expect(source).toContain('its busiest 20 s');
    const { model } = parsed(document);
    const rates = model?.kind === 'arrivals' ? (model.stages ?? []).map(({ to }) => to) : [];
    expect(Math.min(...rates)).toBeGreaterThan(30);
  });

  it('refuses what is no access log', async () => {
    const path = await site.write('notes.txt', 'one\ntwo\n');
    await expect(
      importAccessLog(site.context(), path, { target: 'shop', replay: false }),
    ).rejects.toMatchObject({ code: 'E_IMPORT' });
  });
});
