import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertMessage } from '../../../core/alert.ts';
import {
  hostileMessage,
  hugeMessage,
  NEVER,
  NOW_MS,
  openNotifier,
  openReceiver,
  type Receiver,
  testMessage,
} from './notifier-fixture.ts';

let receiver: Receiver;

beforeEach(async () => {
  receiver = await openReceiver({ status: 202, text: '{"status":"success"}' });
});
afterEach(() => receiver.close());

describe('pagerduty', () => {
  async function sendAll(...messages: AlertMessage[]): Promise<Record<string, unknown>[]> {
    const settings = { kind: 'pagerduty', routingKey: { $env: 'KEY' }, apiUrl: receiver.origin };
    const notifier = await openNotifier(settings, { env: { KEY: 'routing-key-1' } });
    for (const message of messages)
      expect(await notifier.send(message, NEVER)).toEqual({ kind: 'delivered' });
    return receiver.received.map((request) => request.json());
  }

  it('opens, repeats and resolves one incident under one key', async () => {
    const events = await sendAll(
      testMessage(),
      testMessage({ id: 'message-2', kind: 'reminder', severity: 'critical' }),
      testMessage({ id: 'message-3', kind: 'resolved' }),
    );
    expect(events.map((event) => [event['event_action'], event['dedup_key']])).toEqual([
      ['trigger', 'rearguard-episode-1'],
      ['trigger', 'rearguard-episode-1'],
      ['resolve', 'rearguard-episode-1'],
    ]);
    expect(receiver.received[0]?.path).toBe('/v2/enqueue');
    expect(events[0]).toMatchObject({
      routing_key: 'routing-key-1',
      payload: {
        summary: 'Firing, high: payment accepts and never answers',
        source: 'dependency payment',
        severity: 'error',
        timestamp: '2026-11-22T13:39:00.000Z',
        class: 'deps/frozen',
        custom_details: { message_id: 'message-1' },
      },
    });
    expect(events[1]).toMatchObject({ payload: { severity: 'critical' } });
  });

  it('keeps within the limits, and keys that are too long apart', async () => {
    const one = hugeMessage();
    const other = { ...one, dedupKey: `${one.dedupKey}2` };
    const [first, second] = await sendAll(one, other);
    expect((first as { payload: { summary: string } }).payload.summary.length).toBeLessThanOrEqual(1_024);
    expect(String(first?.['dedup_key']).length).toBeLessThanOrEqual(255);
    expect(first?.['dedup_key']).not.toBe(second?.['dedup_key']);
  });
});

describe('opsgenie', () => {
  async function sendAll(...messages: AlertMessage[]): Promise<void> {
    const settings = { kind: 'opsgenie', apiKey: { $env: 'KEY' }, apiUrl: receiver.origin };
    const notifier = await openNotifier(settings, { env: { KEY: 'genie-key-1' } });
    for (const message of messages)
      expect(await notifier.send(message, NEVER)).toEqual({ kind: 'delivered' });
  }

  it('creates an alert, notes what follows and closes it', async () => {
    await sendAll(
      testMessage(),
      testMessage({ id: 'message-2', kind: 'update' }),
      testMessage({ id: 'message-3', kind: 'resolved', title: 'payment is well again' }),
    );
    expect(receiver.received.map(({ path }) => path)).toEqual([
      '/v2/alerts',
      '/v2/alerts',
      '/v2/alerts/rearguard-episode-1/notes?identifierType=alias',
      '/v2/alerts/rearguard-episode-1/close?identifierType=alias',
    ]);
    expect(receiver.received[0]?.headers.authorization).toBe('GenieKey genie-key-1');
    expect(receiver.received[0]?.json()).toMatchObject({
      message: 'Firing, high: payment accepts and never answers',
      alias: 'rearguard-episode-1',
      priority: 'P2',
      source: 'Rearguard',
      details: { messageId: 'message-1' },
    });
    expect(receiver.received[3]?.json()['note']).toContain('Resolved: payment is well again');
  });

  it('keeps within the limits, and renders no HTML of the backend', async () => {
    await sendAll(hugeMessage(), hostileMessage());
    const [huge] = receiver.received.map((request) => request.json() as Record<string, string>);
    const { message, description, alias } = huge ?? {};
    expect(message?.length).toBeLessThanOrEqual(130);
    expect(description?.length).toBeLessThanOrEqual(15_000);
    expect(alias?.length).toBeLessThanOrEqual(512);
    expect(receiver.received[1]?.text).not.toMatch(/[<>]/);
  });
});

describe('webhook', () => {
  const settings = () => ({
    kind: 'webhook',
    url: `${receiver.origin}/alerts?team=a`,
    secret: { $env: 'KEY' },
    headers: { 'X-Team': 'a' },
  });

  it('posts the message as it is, with its id and a signature that can be checked', async () => {
    const notifier = await openNotifier(settings(), { env: { KEY: 'shared-key' } });
    const message = hostileMessage();
    expect(await notifier.send(message, NEVER)).toEqual({ kind: 'delivered' });
    const [request] = receiver.received;
    expect(request?.json()).toEqual(message);
    expect(request?.path).toBe('/alerts?team=a');
    const timestamp = String(NOW_MS / 1_000);
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-team': 'a',
      'x-rearguard-delivery': 'message-1',
      'x-rearguard-timestamp': timestamp,
      'x-rearguard-signature': `sha256=${createHmac('sha256', 'shared-key').update(`${timestamp}.${request?.text}`).digest('hex')}`,
    });
  });

  it('is not signed without a secret', async () => {
    const notifier = await openNotifier({ kind: 'webhook', url: receiver.origin });
    expect(await notifier.send(testMessage(), NEVER)).toEqual({ kind: 'delivered' });
    expect(receiver.received[0]?.headers['x-rearguard-signature']).toBeUndefined();
  });
});

it('signs so that the example in the documentation accepts it, and nothing that was changed', async () => {
  const documentation = await readFile(new URL('../../../../docs/notifiers.md', import.meta.url), 'utf8');
  const example = /```js\n([^]*?)```/.exec(documentation)?.[1] ?? '';
  const { isFromRearguard } = (await import(
    `data:text/javascript;base64,${Buffer.from(example).toString('base64')}`
  )) as { isFromRearguard: (key: string, headers: unknown, body: string, nowMs: number) => boolean };
  const settings = { kind: 'webhook', url: receiver.origin, secret: { $env: 'KEY' } };
  const notifier = await openNotifier(settings, { env: { KEY: 'shared-key' } });
  await notifier.send(testMessage(), NEVER);
  const { headers, text } = receiver.received[0] ?? { headers: {}, text: '' };
  expect(isFromRearguard('shared-key', headers, text, NOW_MS)).toBe(true);
  expect(isFromRearguard('shared-key', headers, `${text} `, NOW_MS)).toBe(false);
  expect(isFromRearguard('other-key', headers, text, NOW_MS)).toBe(false);
  expect(isFromRearguard('shared-key', headers, text, NOW_MS + 600_000)).toBe(false);
});
