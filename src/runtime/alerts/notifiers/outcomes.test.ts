import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closedPort } from '../../../platform/test-support/servers.ts';
import {
  type Answer,
  NEVER,
  NOW_MS,
  openNotifier,
  openReceiver,
  type Receiver,
  testMessage,
} from './notifier-fixture.ts';
import type { SendOutcome } from './notifier.ts';

let receiver: Receiver;

beforeEach(async () => {
  receiver = await openReceiver();
});
afterEach(() => receiver.close());

const SECRET_PATH = '/services/T000/B000/abcdefghijkl';

async function outcomeOf(answer: Answer, kind = 'slack'): Promise<SendOutcome> {
  const env = { HOOK: `${receiver.origin}${SECRET_PATH}` };
  const notifier = await openNotifier({ kind, webhook: { $env: 'HOOK' } }, { env });
  receiver.next.push(answer);
  return notifier.send(testMessage(), NEVER);
}

describe('an answer', () => {
  it.each([200, 201, 202, 204])('of %i is a delivery', async (status) => {
    expect(await outcomeOf({ status })).toEqual({ kind: 'delivered' });
  });

  it.each([408, 429, 500, 502, 503])('of %i is worth another try', async (status) => {
    expect(await outcomeOf({ status, text: 'busy' })).toEqual({
      kind: 'retry',
      error: `Slack answered ${status} busy`,
    });
  });

  it.each([301, 400, 401, 403, 404, 410])('of %i is a refusal, with what to check', async (status) => {
    const outcome = await outcomeOf({ status, headers: { location: '/elsewhere' } });
    expect(outcome).toMatchObject({ kind: 'rejected' });
    expect(outcome).toHaveProperty(
      'error',
      expect.stringMatching(`^Slack refused it: ${status}.*Check .webhook.`),
    );
  });

  it('of 200 that holds an error of Slack is a refusal', async () => {
    expect(await outcomeOf({ status: 200, text: 'invalid_payload' })).toMatchObject({ kind: 'rejected' });
  });

  it('is quoted on one line, cut, and without secrets', async () => {
    const text = `no hook at ${SECRET_PATH}\n\u001b[31m${'x'.repeat(5_000)}`;
    const outcome = await outcomeOf({ status: 500, text });
    const { error } = outcome as { error: string };
    expect(error).toMatch(/^Slack answered 500 no hook at \[redacted\] x+…$/);
    expect(error.length).toBeLessThan(400);
  });
});

describe('how long the receiver wants to be left alone', () => {
  const inSeconds = (seconds: number): string => new Date(NOW_MS + seconds * 1_000).toUTCString();
  it.each<[string, Answer, number | undefined]>([
    ['seconds', { status: 429, headers: { 'retry-after': '7' } }, 7_000],
    ['a date', { status: 503, headers: { 'retry-after': inSeconds(90) } }, 90_000],
    ['a date that is past', { status: 503, headers: { 'retry-after': inSeconds(-90) } }, 0],
    ['a body like that of Discord', { status: 429, text: '{"retry_after":1.337}' }, 1_337],
    [
      'a body like that of Telegram',
      { status: 429, text: '{"ok":false,"parameters":{"retry_after":31}}' },
      31_000,
    ],
    ['a day, which is too long', { status: 429, headers: { 'retry-after': '86400' } }, 3_600_000],
    ['nonsense', { status: 429, headers: { 'retry-after': 'soon' }, text: '[]' }, undefined],
    [
      'the end of a window, as GitHub says',
      {
        status: 403,
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String((NOW_MS - 5_000) / 1_000 + 65) },
      },
      60_000,
    ],
  ])('as %s', async (_, answer, afterMs) => {
    const outcome = await outcomeOf(answer, 'discord');
    expect(outcome).toMatchObject({ kind: 'retry' });
    expect((outcome as { afterMs?: number }).afterMs).toBe(afterMs);
  });
});

describe('without an answer', () => {
  it('another try is worth it when nobody listens, and no secret is told', async () => {
    const env = { HOOK: `http://127.0.0.1:${await closedPort()}${SECRET_PATH}` };
    const notifier = await openNotifier({ kind: 'teams', webhook: { $env: 'HOOK' } }, { env });
    const outcome = await notifier.send(testMessage(), NEVER);
    expect(outcome).toMatchObject({ kind: 'retry' });
    expect(JSON.stringify(outcome)).toMatch(/Teams: .*ECONNREFUSED/);
    expect(JSON.stringify(outcome)).not.toContain('abcdefghijkl');
  });

  it('another try is worth it when it was called off', async () => {
    const hanging = await openReceiver();
    const stop = new AbortController();
    const notifier = await openNotifier({ kind: 'webhook', url: hanging.origin });
    stop.abort(new Error('stopped'));
    expect(await notifier.send(testMessage(), stop.signal)).toMatchObject({ kind: 'retry' });
    await hanging.close();
  });
});
