import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { alertsSchema } from '../../config/alert-schema.ts';
import { systemClock } from '../../platform/clock.ts';
import { systemProcesses } from '../../platform/processes.ts';
import { NEVER, testMessage } from './notifiers/notifier-fixture.ts';
import { createNotifiers, resolveNotifiers } from './resolve-notifiers.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rearguard-notifiers-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const SETTINGS = {
  chat: { kind: 'slack', webhook: { $env: 'SLACK_HOOK' } },
  page: { kind: 'pagerduty', routingKey: { $file: 'pagerduty.key' } },
  mail: { kind: 'email', smtp: { $env: 'SMTP_URL' }, from: 'a@shop.test', to: ['b@shop.test'] },
  log: { kind: 'console' },
};
const ENV = {
  SLACK_HOOK: 'https://hooks.slack.test/services/T/B/secret',
  SMTP_URL: 'smtps://u:pa55word@mail.test',
};

const resolve = (env: Readonly<Record<string, string>>) =>
  resolveNotifiers(alertsSchema.parse({ notifiers: SETTINGS }), { env, directory });

it('puts secrets in their places, and names what must not be shown and where traffic may go', async () => {
  await writeFile(join(directory, 'pagerduty.key'), 'routing-key-1\n');
  const { settings, secrets, allowHosts, unresolved, diagnostics } = await resolve(ENV);
  expect([...settings.keys()]).toEqual(['chat', 'page', 'mail', 'log']);
  expect(settings.get('page')).toEqual({
    kind: 'pagerduty',
    routingKey: 'routing-key-1',
    apiUrl: 'https://events.pagerduty.com',
  });
  expect(secrets).toEqual(expect.arrayContaining([ENV.SLACK_HOOK, 'routing-key-1', 'pa55word']));
  expect(allowHosts).toEqual(['hooks.slack.test', 'events.pagerduty.com', 'mail.test']);
  expect([unresolved, diagnostics]).toEqual([[], []]);
});

it('leaves out what has no secret or no address, says why without telling it, and keeps the others', async () => {
  const env = { ...ENV, SMTP_URL: 'ftp://u:pa55word@mail.test' };
  const { settings, unresolved, diagnostics, secrets } = await resolve(env);
  expect([...settings.keys()]).toEqual(['chat', 'log']);
  expect(unresolved.map(({ name, kind, error }) => [name, kind, error.code])).toEqual([
    ['page', 'pagerduty', 'E_SECRET_MISSING'],
    ['mail', 'email', 'E_TARGET_INVALID'],
  ]);
  expect(diagnostics[0]?.message).toContain('Notifier page cannot send: The secret file pagerduty.key');
  expect(JSON.stringify(diagnostics)).not.toContain('pa55word');
  expect(secrets).toContain('pa55word');
});

it('keeps the messages of one without its secret waiting', async () => {
  const notifiers = await createNotifiers(await resolve({}), {
    processes: systemProcesses,
    clock: systemClock,
    writeLine: () => undefined,
    platform: 'linux',
  });
  expect([...notifiers.keys()].toSorted()).toEqual(['chat', 'log', 'mail', 'page']);
  expect(await notifiers.get('chat')?.send(testMessage(), NEVER)).toMatchObject({
    kind: 'retry',
    error: expect.stringContaining('SLACK_HOOK') as string,
  });
  expect(await notifiers.get('log')?.send(testMessage(), NEVER)).toEqual({ kind: 'delivered' });
});
