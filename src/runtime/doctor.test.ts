import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportSchema } from '../core/report.ts';
import { systemClock } from '../platform/clock.ts';
import { doctorDataSchema } from './doctor-data.ts';
import { examineClock, examineNode } from './doctor-machine.ts';
import { runDoctor } from './doctor.ts';
import type { RuntimeOptions } from './runtime.ts';
import { NEVER, openTestShop, SECRET, type TestShop } from './runtime-fixture.ts';

let shop: TestShop;
beforeEach(async () => {
  shop = await openTestShop();
});
afterEach(() => shop.close());

async function doctor(options: Partial<RuntimeOptions> = {}) {
  const { report, exitCode } = await runDoctor({
    cwd: shop.folder,
    env: { SHOP_KEY: SECRET },
    workerThreads: false,
    signal: NEVER,
    ...options,
  });
  expect(reportSchema.safeParse(report).error).toBeUndefined();
  const { examinations } = doctorDataSchema.parse(report.data);
  return { report, exitCode, found: Object.fromEntries(examinations.map((row) => [row.name, row])) };
}

describe('doctor', () => {
  it('is content with a config, a server and a store', async () => {
    const { exitCode, found } = await doctor();
    expect(found).toMatchObject({
      'Node.js': { result: 'ok' },
      config: { result: 'ok' },
      'target shop': { result: 'ok', detail: expect.stringContaining('answered 200') as string },
      store: { result: 'ok', detail: expect.stringContaining('writable') as string },
      clock: { result: 'ok' },
    });
    expect(found['config']?.detail).toContain('shop-guard (');
    expect(exitCode).toBe(0);
  });

  it('names what is not ready, and what to do about it', async () => {
    await shop.configure({
      targets: {
        shop: { baseUrl: 'http://127.0.0.1:1' },
        db: { database: { $env: 'DB' } },
        other: { database: { $env: 'NOPE' } },
      },
    });
    await rm(join(shop.folder, '.rearguard'), { recursive: true, force: true });
    await writeFile(join(shop.folder, '.rearguard'), 'in the way');
    const url = `postgres://someone:${SECRET}@127.0.0.1:1/db`;
    const { exitCode, found, report } = await doctor({ env: { DB: url } });
    for (const name of ['target shop', 'target db', 'target other', 'store']) {
      expect(found[name]).toMatchObject({ result: 'fail', hint: expect.stringMatching(/./) as string });
    }
    expect(exitCode).toBe(1);
    expect(report.diagnostics.filter(({ level }) => level === 'error')).toHaveLength(4);
    expect(JSON.stringify(report)).not.toContain(SECRET);
  });

  it('understands the lines of the workflows of the config, or says which it does not', async () => {
    await shop.configure({
      workflows: {
        nightly: {
          summary: 'At night.',
          steps: ['health status', { together: ['db analyze --duration=1h'] }],
        },
        broken: { summary: 'Mistyped.', steps: ['health status', 'db analyze --durration=1h'] },
      },
    });
    const { exitCode, found } = await doctor();
    expect(found['workflow nightly']).toMatchObject({ result: 'ok', detail: '2 steps' });
    expect(found['workflow broken']).toMatchObject({
      result: 'fail',
      detail: expect.stringContaining('"db analyze --durration=1h"') as string,
      hint: expect.stringContaining('--duration') as string,
    });
    expect(exitCode).toBe(1);
  });

  it('connects to dependencies, and finds the settings of notifiers without sending', async () => {
    let requests = 0;
    const receiver = createServer((_, response) => {
      requests += 1;
      response.end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/${SECRET}`;
    await shop.configure({
      dependencies: {
        payment: { url: `${shop.url}/ok` },
        cache: { url: 'redis://127.0.0.1:1' },
        search: { url: 'tcp://127.0.0.1:1', optional: true },
        broker: { url: { $env: 'BROKER_URL' } },
        site: { url: 'domain://shop.example', rdap: hook },
      },
      alerts: {
        notifiers: {
          team: { kind: 'webhook', url: { $env: 'HOOK' } },
          pager: { kind: 'pagerduty', routingKey: { $env: 'PAGER_KEY' } },
        },
      },
    });
    try {
      const { exitCode, found, report } = await doctor({ env: { SHOP_KEY: SECRET, HOOK: hook } });
      expect(found).toMatchObject({
        config: { result: 'ok', detail: expect.stringContaining('1 target, 5 dependencies') as string },
        'dependency payment': {
          result: 'ok',
          detail: expect.stringContaining('answered 200 in ') as string,
        },
        'dependency cache': {
          result: 'fail',
          hint: '`rearguard deps status --dependencies cache` looks closer.',
        },
        'dependency search': { result: 'warn', detail: expect.stringContaining('it is optional') as string },
        'dependency broker': { result: 'fail', detail: expect.stringContaining('BROKER_URL') as string },
        'dependency site': { result: 'ok', detail: 'its registry was not asked' },
        'notifier team': { result: 'ok', hint: '`rearguard alerts test team` sends a message.' },
        'notifier pager': { result: 'fail', detail: expect.stringContaining('PAGER_KEY') as string },
      });
      expect(exitCode).toBe(1);
      expect(requests).toBe(0);
      expect(JSON.stringify(report)).not.toContain(SECRET);
    } finally {
      receiver.closeAllConnections();
      receiver.close();
    }
  });

  it('takes a config with dependencies alone', async () => {
    await shop.configure({ targets: {}, dependencies: { payment: { url: `${shop.url}/ok` } } });
    expect((await doctor()).found['config']).toMatchObject({ result: 'ok' });
    await shop.configure({ targets: {} });
    expect((await doctor()).found['config']).toMatchObject({ result: 'warn' });
  });

  it('works with a config that does not', async () => {
    await shop.configure({ tragets: {} });
    const { exitCode, found } = await doctor();
    expect(found['config']).toMatchObject({
      result: 'fail',
      detail: expect.stringContaining('Did you mean `targets`?') as string,
    });
    expect(exitCode).toBe(1);
  });

  it('works without a config', async () => {
    await rm(join(shop.folder, 'rearguard.config.json'));
    const { found } = await doctor();
    expect(found['config']).toMatchObject({
      result: 'warn',
      hint: expect.stringContaining('rearguard init') as string,
    });
  });
});

describe('the machine', () => {
  it.each([
    ['20.19.0', 'ok'],
    ['24.1.0', 'ok'],
    ['20.18.3', 'fail'],
    ['18.20.4', 'fail'],
  ])('Node %s: %s', (version, result) => {
    expect(examineNode(version).result).toBe(result);
  });

  it('sees a clock that was never set, and one that is stepped', async () => {
    expect((await examineClock({ ...systemClock, wallMs: () => 0 })).result).toBe('fail');
    let readings = 0;
    const stepped = { ...systemClock, wallMs: () => Date.now() + (readings++ > 0 ? 3_600_000 : 0) };
    expect(await examineClock(stepped)).toMatchObject({
      result: 'warn',
      detail: expect.stringContaining('1h') as string,
    });
  });
});
