import { afterEach, beforeEach, expect, it } from 'vitest';
import { openReceiver, type Receiver } from './notifiers/notifier-fixture.ts';
import type { RunResult } from '../envelope.ts';
import { NEVER, openTestShop, type TestShop } from '../runtime-fixture.ts';
import { alertsTestDataSchema, testNotifier } from './test-notifier.ts';

let shop: TestShop;
let receiver: Receiver;
let lines: string[];

beforeEach(async () => {
  shop = await openTestShop();
  receiver = await openReceiver();
  lines = [];
  await shop.configure({
    alerts: {
      notifiers: {
        hook: { kind: 'webhook', url: receiver.origin, secret: { $env: 'HOOK_KEY' } },
        log: { kind: 'console' },
        chat: { kind: 'slack', webhook: { $env: 'SLACK_HOOK' } },
      },
    },
  });
});
afterEach(async () => {
  await shop.close();
  await receiver.close();
});

async function test(notifier?: string): Promise<RunResult> {
  const runtime = await shop.open({ env: { SHOP_KEY: 'k', HOOK_KEY: 'key-of-the-hook' } });
  const result = await testNotifier(runtime, {
    notifier,
    writeLine: (line) => void lines.push(line),
    signal: NEVER,
  });
  if (result.report.data !== null) alertsTestDataSchema.parse(result.report.data);
  return result;
}

it('sends a real message of kind test, past the queue', async () => {
  const { report, exitCode } = await test('hook');
  expect([report.status, exitCode]).toEqual(['pass', 0]);
  expect(report.summary).toMatch(/^Delivered to hook \(webhook\) in \d+ ms/);
  expect(receiver.received).toHaveLength(1);
  const message = receiver.received[0]?.json();
  expect(message).toMatchObject({ kind: 'test', severity: 'info', group: 'notifier hook', alerts: [] });
  expect(report.data).toMatchObject({ sent: { notifier: 'hook', messageId: message?.['id'] } });
  const runtime = await shop.open();
  expect(runtime.openStore().deliveries.list()).toEqual([]);
});

it('writes with the console notifier where it was told to', async () => {
  expect((await test('log')).exitCode).toBe(0);
  expect(lines).toEqual([expect.stringContaining('Test: Rearguard can reach you through log')]);
});

it('says why a message was not delivered and what would become of an alert', async () => {
  receiver.next.push({ status: 401, text: 'who are you, key-of-the-hook?' });
  const refused = await test('hook');
  expect(refused.exitCode).toBe(3);
  expect(refused.report.error).toEqual({
    code: 'E_NOT_DELIVERED',
    message:
      'The notifier hook (webhook) did not deliver. The webhook refused it: 401 who are you, [redacted]?. ' +
      'Check `url`, `headers` and `secret` against what the receiver expects.',
    hint: 'An alert would be given up: it would be refused again.',
  });
  receiver.next.push({ status: 503 });
  const down = await test('hook');
  expect(down.exitCode).toBe(3);
  expect(down.report.error?.message).toMatch(/The webhook answered 503\.$/);
  expect(down.report.error?.hint).toBe('An alert would wait in the queue and be sent again.');
});

it('names the one that was probably meant', async () => {
  const { report, exitCode } = await test('hok');
  expect(exitCode).toBe(2);
  expect(report.error).toMatchObject({
    code: 'E_USAGE',
    message: 'There is no notifier "hok". Did you mean `hook`?',
    hint: 'The config has hook, log, chat.',
  });
});

it('names the secret that is missing', async () => {
  const { report, exitCode } = await test('chat');
  expect(exitCode).toBe(2);
  expect(report.error?.message).toContain('env SLACK_HOOK, which alerts.notifiers.chat.webhook refers to');
});

it('lists the notifiers without a name, and sends nothing', async () => {
  const { report, exitCode } = await test();
  expect(exitCode).toBe(3);
  expect(report.summary).toBe('3 notifiers; nothing was sent.');
  expect(report.data).toMatchObject({
    notifiers: [
      { name: 'hook', kind: 'webhook', usable: true },
      { name: 'log', kind: 'console', usable: true },
      { name: 'chat', kind: 'slack', usable: false },
    ],
    sent: null,
  });
  expect(report.diagnostics).toHaveLength(1);
  expect(report.next).toEqual(['rearguard alerts test hook', 'rearguard alerts test log']);
  expect(receiver.received).toEqual([]);
});

it('does not pass where there is none', async () => {
  await shop.configure();
  const { report, exitCode } = await test();
  expect([report.status, exitCode]).toEqual(['unknown', 3]);
});
