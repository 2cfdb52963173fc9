import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RearguardError } from '../../core/errors.ts';
import type { Daemon } from './daemon.ts';
import { type DaemonSite, eventually, KEY, openDaemonSite } from './daemon-site-fixture.ts';
import { troublesOf } from './status.ts';

let site: DaemonSite;

beforeEach(async () => {
  site = await openDaemonSite();
});
afterEach(() => site.close());

const monitorOf = (daemon: Daemon) => daemon.status().monitors[0];
const queued = (daemon: Daemon) => daemon.store.deliveries.list();

describe('a daemon', () => {
  it('turns what a monitor concludes into findings, alerts and messages', async () => {
    const daemon = await site.start();
    await eventually(() => expect(monitorOf(daemon)?.state).toBe('running'));
    await site.write('ill');
    await eventually(() => expect(queued(daemon).map(({ state }) => state)).toEqual(['delivered']));
    expect(site.changes).toEqual([' -> well', 'well -> ill']);
    const [finding] = daemon.store.findings.list();
    expect(finding).toMatchObject({ rule: 'file-guard/not-well', state: 'new' });
    expect(daemon.store.alerts.list()).toMatchObject([{ id: finding?.id, state: 'firing' }]);
    expect(site.lines.join('\n')).toContain('state.txt is ill');
    expect(JSON.stringify([queued(daemon), site.lines])).not.toContain(KEY);
    expect(troublesOf(daemon.status())).toEqual([]);
  });

  it('waits where there is nothing to watch', async () => {
    await site.configure({
      targets: { shop: { baseUrl: 'http://127.0.0.1:9' } },
      serve: { port: 0, monitors: ['api-health-monitor'] },
    });
    const daemon = await site.start();
    await eventually(() => expect(monitorOf(daemon)?.state).toBe('waiting'));
    expect(monitorOf(daemon)?.error?.code).toBe('E_NOTHING_TO_CHECK');
    expect(site.lines.filter((line) => line.includes('nothing to watch'))).toHaveLength(1);
    expect(troublesOf(daemon.status())).toEqual([]);
  });

  it('starts a monitor that ended again, and says so meanwhile', async () => {
    await site.write('crash');
    const daemon = await site.start();
    await eventually(() => expect(monitorOf(daemon)?.restarts).toBeGreaterThan(0));
    expect(site.lines.join('\n')).toContain('file-guard watch ended: Rearguard failed: crashed with');
    expect(site.lines.join('\n')).not.toContain(KEY);
    await eventually(() => expect(troublesOf(daemon.status())).toHaveLength(1));
    await site.write('well');
    await eventually(() => expect(monitorOf(daemon)).toMatchObject({ state: 'running', error: null }));
    expect(troublesOf(daemon.status())).toEqual([]);
  });

  it('says that it is lost when another one takes the store over', async () => {
    const daemon = await site.start();
    // Within one process another start counts as gone; a process of its own is refused, see the test of `serve`.
    await site.start();
    expect(await daemon.lost).toMatchObject({ code: 'E_SERVE_RUNNING' });
  });

  it('records how long nobody watched, and goes on with the alert that fires', async () => {
    await site.write('ill');
    const first = await site.start();
    await eventually(() => expect(queued(first).map(({ state }) => state)).toEqual(['delivered']));
    await first.stop();
    const second = await site.start();
    const now = Date.now();
    const gaps = second.store.samples.gaps({ fromMs: 0, toMs: now + 1 });
    expect(gaps).toMatchObject([{ reason: 'not-running' }]);
    await eventually(() => expect(second.generation().alerting.alerts()).toHaveLength(1));
    await eventually(() => expect(site.changes).toEqual([' -> ill', ' -> ill']));
    expect(queued(second)).toHaveLength(1);
  });

  it('runs the check too where the config says so', async () => {
    await site.configure({ serve: { port: 0, monitors: [], checkEvery: '200ms' } });
    await site.write('ill');
    const daemon = await site.start();
    await eventually(() =>
      expect(daemon.store.alerts.list()).toMatchObject([{ rule: 'file-guard/not-well' }]),
    );
    expect(daemon.store.runs.latest('rearguard', 'check')?.findings).toHaveLength(1);
  });

  it('does not start with a monitor that cannot watch, or a listener that cannot listen', async () => {
    await site.configure({ serve: { monitors: ['file-guard', 'file-gard'] } });
    await expect(site.start()).rejects.toMatchObject({ code: 'E_USAGE' });
    await site.configure();
    const taken = new RearguardError('E_LISTEN', { address: 'x', reason: 'y', hint: '' });
    await expect(site.start({ onAccess: () => Promise.reject(taken) })).rejects.toBe(taken);
    const daemon = await site.start();
    expect(daemon.status().lease.renewedAtMs).toBeGreaterThan(0);
  });
});

describe('a config that changes', () => {
  it('takes over when it is right', async () => {
    const daemon = await site.start();
    await eventually(() => expect(monitorOf(daemon)?.state).toBe('running'));
    await writeFile(join(site.folder, 'other.txt'), 'ill');
    await site.configure({ tools: { 'file-guard': { file: 'other.txt' } } });
    await eventually(() => expect(daemon.status().config).toMatchObject({ reloads: 1, error: null }));
    await eventually(() => expect(site.changes).toEqual([' -> well', ' -> ill']));
    expect(site.accesses).toHaveLength(2);
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['is wrong', { targets: 7 }, 'E_CONFIG_INVALID'],
    ['has a wrong section of a tool', { tools: { 'file-guard': { fil: 'x' } } }, 'E_CONFIG_INVALID'],
    ['lacks a secret', { tools: { 'file-guard': { key: { $env: 'NO_KEY' } } } }, 'E_SECRET_MISSING'],
    [
      'lacks the secret of a notifier',
      { alerts: { notifiers: { chat: { kind: 'slack', webhook: { $env: 'NO_URL' } } } } },
      'E_SECRET_MISSING',
    ],
    ['has a token that is short', { serve: { port: 0, token: { $env: 'FILE_KEY' } } }, 'E_CONFIG_INVALID'],
    ['moves the store', { store: { path: 'elsewhere.db' } }, 'E_CONFIG_INVALID'],
    [
      'has no certificate',
      { serve: { port: 0, tls: { certFile: 'no.pem', keyFile: 'no.pem' } } },
      'E_CONFIG_INVALID',
    ],
  ])('stays out when it %s, and the one before goes on', async (_, more, code) => {
    const daemon = await site.start();
    await eventually(() => expect(monitorOf(daemon)?.state).toBe('running'));
    await site.configure(more);
    await eventually(() => expect(daemon.status().config.error?.code).toBe(code));
    expect(site.lines.filter((line) => line.includes('not reloaded'))).toHaveLength(1);
    await site.write('ill');
    await eventually(() => expect(site.changes).toEqual([' -> well', 'well -> ill']));
    expect(site.accesses).toHaveLength(1);
    expect(troublesOf(daemon.status())).toEqual([]);

    await site.configure();
    await eventually(() => expect(daemon.status().config).toMatchObject({ reloads: 1, error: null }));
  });

  it('reads secrets in files again', async () => {
    await writeFile(join(site.folder, 'key'), 'first-secret-1');
    const tools = { 'file-guard': { key: { $file: 'key' } } };
    await site.configure({ tools });
    const daemon = await site.start();
    await writeFile(join(site.folder, 'key'), 'second-secret-2');
    await daemon.reload();
    const { redactor } = daemon.generation();
    expect(redactor.text('first-secret-1 second-secret-2')).toBe('first-secret-1 [redacted]');
    await eventually(() => expect(JSON.stringify(daemon.metrics())).toContain('second-secret-2'));
    expect(JSON.stringify(redactor.deep(daemon.metrics()))).not.toContain('second-secret-2');
  });
});
