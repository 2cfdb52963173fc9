import Database from 'libsql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { openStore } from '../../store/open.ts';
import { DEFAULT_RETENTION, temporaryStores } from '../../store/store-fixture.ts';
import type { Store } from '../../store/store.ts';
import { createManualClock, type ManualClock } from '../../platform/test-support/manual-clock.ts';
import { createDelivery, type DeliveryService } from './delivery.ts';
import type { Notifier } from './notifiers/notifier.ts';
import {
  NOW_MS,
  openNotifier,
  openReceiver,
  type Receiver,
  testMessage,
} from './notifiers/notifier-fixture.ts';

const stores = temporaryStores();
let path: string;
let store: Store;
let clock: ManualClock;
let receiver: Receiver;
let logged: string[];
let settled: string[];
const running: { stop: AbortController; ended: Promise<void> }[] = [];

beforeEach(async () => {
  path = `${stores.folder()}/store.db`;
  store = openStore({ path, retention: DEFAULT_RETENTION, clock: systemClock });
  clock = createManualClock({ wallMs: NOW_MS, monotonicMs: 0 });
  receiver = await openReceiver();
  logged = [];
  settled = [];
});
afterEach(async () => {
  for (const { stop, ended } of running.splice(0)) {
    stop.abort();
    await clock.advance(10_000);
    await ended;
  }
  store.close();
  await receiver.close();
  stores.removeAll();
});

function queue(notifier: string, ...ids: string[]): void {
  const messages = ids.map((id) => ({ notifier, message: testMessage({ id, title: id }) }));
  store.alerts.commit({ alerts: [], groups: [], endedGroups: [], messages, nowMs: clock.wallMs() });
}

function start(notifiers: Readonly<Record<string, Notifier>>): DeliveryService & { stop(): Promise<void> } {
  const log = (line: string): void => void logged.push(line);
  const service = createDelivery({
    store,
    notifiers: new Map(Object.entries(notifiers)),
    clock,
    random: () => 0.999,
    log: { debug: log, info: log, warn: log },
    onSettled: ({ delivery, state }) => settled.push(`${delivery.notifier} ${delivery.message.id} ${state}`),
  });
  const stop = new AbortController();
  const ended = service.run(stop.signal);
  running.push({ stop, ended });
  return {
    ...service,
    stop: () => {
      stop.abort();
      return ended;
    },
  };
}

const webhook = (): Promise<Notifier> => openNotifier({ kind: 'webhook', url: receiver.origin });
const receivedIds = (): unknown[] => receiver.received.map(({ headers }) => headers['x-rearguard-delivery']);
/** Real servers answer in real time, so what is waited for is their answer. */
async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 20_000, interval: 5 }).toBe(true);
}
const attemptsOf = (notifier: string) => store.deliveries.list({ notifier }).map(({ attempts }) => attempts);

it('delivers a failure and a recovery once and in order after an outage of the receiver', async () => {
  receiver.next.push({ status: 503 }, { status: 502 }, { status: 500, text: 'down' });
  const delivery = start({ ops: await webhook() });
  queue('ops', 'failure');
  delivery.poke();
  await until(() => attemptsOf('ops')[0] === 1);
  queue('ops', 'recovery');
  delivery.poke();
  await clock.advance(1_000);
  await until(() => attemptsOf('ops')[1] === 2);
  expect(delivery.stats().get('ops')).toMatchObject({ failedTries: 2, failingSinceMs: NOW_MS });
  await clock.advance(2_000);
  await until(() => attemptsOf('ops')[1] === 3);
  await clock.advance(4_000);
  await until(() => settled.length === 2);
  expect(receivedIds()).toEqual(['failure', 'failure', 'failure', 'failure', 'recovery']);
  expect(settled).toEqual(['ops failure delivered', 'ops recovery delivered']);
  expect(delivery.stats().get('ops')).toEqual({
    delivered: 2,
    undeliverable: 0,
    failedTries: 3,
    failingSinceMs: null,
  });
  expect(logged).toEqual([
    'Notifier ops: not delivered yet, trying again: The webhook answered 503',
    'Notifier ops: delivers again.',
  ]);
});

it('goes on after a restart where it was', async () => {
  receiver.next.push({ status: 200 }, { status: 503 });
  const first = start({ ops: await webhook() });
  queue('ops', 'a', 'b', 'c');
  first.poke();
  await until(() => attemptsOf('ops')[1] === 1);
  await first.stop();
  store.close();

  store = openStore({ path, retention: DEFAULT_RETENTION, clock: systemClock });
  start({ ops: await webhook() });
  await clock.advance(999);
  await until(() => settled.length === 3);
  expect(receivedIds()).toEqual(['a', 'b', 'b', 'c']);
  expect(store.deliveries.list({ state: 'delivered' }).map(({ attempts }) => attempts)).toEqual([1, 2, 1]);
});

it('sends again, under the same id, what was accepted but not recorded', async () => {
  queue('ops', 'a');
  let accepted = 0;
  const killed: Notifier = {
    send: () => {
      accepted += 1;
      return new Promise(() => undefined);
    },
  };
  const first = start({ ops: killed });
  await until(() => accepted === 1);
  const ended = first.stop();
  await clock.advance(5_000);
  await ended;
  expect(store.deliveries.heads()).toMatchObject([{ attempts: 0, state: 'queued' }]);
  start({ ops: await webhook() });
  await until(() => settled.length === 1);
  expect(receivedIds()).toEqual(['a']);
});

it('lets a try that is under way end before it stops', async () => {
  queue('ops', 'a', 'b');
  let answer = (): void => undefined;
  const slow: Notifier = {
    send: () =>
      new Promise((resolve) => {
        answer = () => resolve({ kind: 'delivered' });
      }),
  };
  const delivery = start({ ops: slow });
  await clock.advance(0);
  const ended = delivery.stop();
  answer();
  await ended;
  expect(settled).toEqual(['ops a delivered']);
  expect(store.deliveries.heads().map(({ message }) => message.id)).toEqual(['b']);
});

it('heeds Retry-After', async () => {
  receiver.next.push({ status: 429, headers: { 'retry-after': '90' } });
  queue('ops', 'a');
  start({ ops: await webhook() });
  await until(() => attemptsOf('ops')[0] === 1);
  expect(store.deliveries.heads()[0]?.nextAttemptAtMs).toBe(NOW_MS + 90_000);
  await clock.advance(89_999);
  expect(receivedIds()).toEqual(['a']);
  await clock.advance(1);
  await until(() => settled.length === 1);
  expect(receivedIds()).toEqual(['a', 'a']);
});

it('gives up at once what was refused, says so once, and goes on', async () => {
  receiver.next.push({ status: 404, text: 'no such hook' });
  queue('ops', 'a', 'b');
  const delivery = start({ ops: await webhook() });
  await until(() => settled.length === 2);
  expect(settled).toEqual(['ops a undeliverable', 'ops b delivered']);
  expect(logged).toHaveLength(1);
  expect(logged[0]).toContain('Notifier ops: undeliverable: "a": The webhook refused it: 404 no such hook.');
  expect(store.deliveries.list({ state: 'undeliverable' })).toMatchObject([
    { message: { id: 'a' }, lastError: expect.stringContaining('404 no such hook') as string },
  ]);
  expect(delivery.stats().get('ops')).toMatchObject({ delivered: 1, undeliverable: 1 });
});

it('gives up after a day of trying, then tells the next', async () => {
  let isUp = false;
  const sent: string[] = [];
  const down: Notifier = {
    send({ id }) {
      sent.push(id);
      return Promise.resolve(
        isUp ? { kind: 'delivered' } : { kind: 'retry', error: 'it is down', afterMs: 600_000 },
      );
    },
  };
  queue('ops', 'old');
  const delivery = start({ ops: down });
  await clock.advance(12 * 3_600_000);
  queue('ops', 'new');
  delivery.poke();
  await clock.advance(12 * 3_600_000 + 600_000);
  expect(settled).toEqual(['ops old undeliverable']);
  expect(store.deliveries.list({ state: 'undeliverable' })[0]?.lastError).toMatch(
    /^given up after \d+ tries: it is down$/,
  );
  isUp = true;
  await clock.advance(600_000);
  expect(settled).toEqual(['ops old undeliverable', 'ops new delivered']);
  expect(sent.lastIndexOf('old')).toBeLessThan(sent.indexOf('new'));
});

it('keeps the order of each notifier while another hangs, and gives a try 15 seconds', async () => {
  const hangs: Notifier = { send: () => new Promise(() => undefined) };
  queue('stuck', 'x');
  queue('ops', 'a', 'b', 'c');
  start({ ops: await webhook(), stuck: hangs });
  await until(() => settled.length === 3);
  expect(receivedIds()).toEqual(['a', 'b', 'c']);
  expect(attemptsOf('stuck')).toEqual([0]);
  await clock.advance(15_000);
  expect(store.deliveries.heads()).toMatchObject([
    { notifier: 'stuck', attempts: 1, lastError: 'no answer within 15 s' },
  ]);
});

it('gives up what waits for a notifier that is no longer in the config', async () => {
  queue('gone', 'a', 'b');
  start({ ops: await webhook() });
  await until(() => settled.length === 2);
  expect(settled).toEqual(['gone a undeliverable', 'gone b undeliverable']);
  expect(store.deliveries.list({ notifier: 'gone' })[0]?.lastError).toBe(
    'there is no notifier gone in the config any more',
  );
  expect(receivedIds()).toEqual([]);
});

it('finds what another process has queued, without a poke', async () => {
  start({ ops: await webhook() });
  await clock.advance(0);
  queue('ops', 'a');
  await clock.advance(30_000);
  await until(() => settled.length === 1);
  expect(receivedIds()).toEqual(['a']);
});

it('does not wait for ever after the clock was set back', async () => {
  receiver.next.push({ status: 503 });
  queue('ops', 'a');
  start({ ops: await webhook() });
  await until(() => attemptsOf('ops')[0] === 1);
  clock.step(-365 * 86_400_000);
  await clock.advance(3_600_000);
  await until(() => settled.length === 1);
  expect(settled).toEqual(['ops a delivered']);
});

it('outlives a sender that throws', async () => {
  let tries = 0;
  const broken: Notifier = {
    send() {
      tries += 1;
      if (tries === 1) throw new Error('a defect at password=hunter2hunter2');
      return Promise.resolve({ kind: 'delivered' });
    },
  };
  queue('ops', 'a');
  start({ ops: broken });
  await clock.advance(1_000);
  expect(settled).toEqual(['ops a delivered']);
  expect(logged.join()).not.toContain('hunter2');
});

it('sends once what the store would not record at first', async () => {
  const database = new Database(path);
  database.exec(
    "CREATE TRIGGER refuse BEFORE UPDATE ON deliveries BEGIN SELECT RAISE(ABORT, 'the disk is away'); END",
  );
  queue('ops', 'a', 'b');
  start({ ops: await webhook() });
  await until(() => logged.length > 0);
  await clock.advance(5_000);
  expect(receivedIds()).toEqual(['a']);
  expect(logged).toEqual([expect.stringContaining('The queue of the notifiers cannot be written')]);
  database.exec('DROP TRIGGER refuse');
  database.close();
  await clock.advance(1_000);
  await until(() => settled.length === 2);
  expect(receivedIds()).toEqual(['a', 'b']);
});
