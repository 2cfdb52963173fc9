import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AlertMessage } from '../../../core/alert.ts';
import {
  type Answer,
  hostileMessage,
  hugeMessage,
  NEVER,
  openNotifier,
  openReceiver,
  type Received,
  type Receiver,
  testMessage,
} from './notifier-fixture.ts';
import type { SendOutcome } from './notifier.ts';

interface Issue {
  number: number;
  title: string;
  body: string;
  labels: string[];
  state: string;
  comments: string[];
}

let issues: Issue[];
let receiver: Receiver;

beforeEach(async () => {
  issues = [];
  receiver = await openReceiver(tracker);
});
afterEach(() => receiver.close());

/** As much of GitHub's API as an issue needs. */
function tracker(request: Received): Answer {
  const url = new URL(request.path, 'http://github.test');
  const [, number, rest] =
    /^\/repos\/shop\/backend\/issues(?:\/(\d+))?(\/comments)?$/.exec(url.pathname) ?? [];
  const issue = issues.find((one) => String(one.number) === number);
  const page = Number(url.searchParams.get('page') ?? 1);
  const perPage = Number(url.searchParams.get('per_page') ?? 30);
  const answer = (status: number, value: unknown): Answer => ({ status, text: JSON.stringify(value) });
  const pageOf = (list: readonly unknown[]): Answer =>
    answer(200, list.slice((page - 1) * perPage, page * perPage));
  if (request.method === 'GET' && rest !== undefined)
    return pageOf(issue?.comments.map((body) => ({ body })) ?? []);
  if (request.method === 'GET') {
    const labels = url.searchParams.get('labels')?.split(',') ?? [];
    const open = issues.filter(
      (one) => one.state === 'open' && labels.every((label) => one.labels.includes(label)),
    );
    return pageOf([{ number: 9_999, body: null, pull_request: {} }, ...open]);
  }
  const body = request.json();
  if (request.method === 'PATCH' && issue) return answer(200, Object.assign(issue, body));
  if (rest !== undefined && issue) {
    issue.comments.push(String(body['body']));
    return answer(201, {});
  }
  const opened = { number: issues.length + 1, state: 'open', comments: [], ...body } as unknown as Issue;
  issues.push(opened);
  return answer(201, opened);
}

async function send(...messages: AlertMessage[]): Promise<SendOutcome[]> {
  const settings = {
    kind: 'github',
    repository: 'shop/backend',
    token: { $env: 'TOKEN' },
    labels: ['rearguard', 'on call'],
    apiUrl: receiver.origin,
  };
  const notifier = await openNotifier(settings, { env: { TOKEN: 'ghp_token-of-a-robot' } });
  const outcomes: SendOutcome[] = [];
  for (const message of messages) outcomes.push(await notifier.send(message, NEVER));
  return outcomes;
}

const update = testMessage({ id: 'message-2', kind: 'update', title: 'orders too' });
const resolved = testMessage({ id: 'message-3', kind: 'resolved', title: 'payment is well again' });
const DELIVERED = { kind: 'delivered' };

it('opens an issue, comments on it and closes it', async () => {
  expect(await send(testMessage(), update)).toEqual([DELIVERED, DELIVERED]);
  expect(issues).toHaveLength(1);
  expect(issues[0]).toMatchObject({
    title: 'Firing, high: payment accepts and never answers',
    labels: ['rearguard', 'on call'],
    state: 'open',
  });
  expect(issues[0]?.body).toContain('- Verify: `rearguard verify deps-3f9a1c20`');
  expect(issues[0]?.comments.map((text) => text.split('\n', 1)[0])).toEqual(['**Update, high: orders too**']);
  expect(await send(resolved)).toEqual([DELIVERED]);
  expect(issues[0]).toMatchObject({ state: 'closed', state_reason: 'completed' });
  expect(issues[0]?.comments).toHaveLength(2);
  expect(receiver.received[0]?.headers.authorization).toBe('Bearer ghp_token-of-a-robot');
});

it('changes nothing when a message comes a second time, as after a crash', async () => {
  await send(testMessage(), testMessage(), update, update, testMessage(), resolved, resolved);
  expect(issues).toHaveLength(1);
  expect(issues[0]?.comments).toHaveLength(2);
  expect(issues[0]?.state).toBe('closed');
});

it('finds its issue behind many others', async () => {
  issues = Array.from({ length: 120 }, (_, index) => ({
    number: index + 1,
    title: 'other',
    body: 'other',
    labels: ['rearguard', 'on call'],
    state: 'open',
    comments: [],
  }));
  await send(testMessage(), update);
  expect(issues).toHaveLength(121);
  expect(issues[120]?.comments).toHaveLength(1);
});

it('opens another issue for another episode, and closes a test at once', async () => {
  await send(testMessage(), testMessage({ id: 'message-9', dedupKey: 'rearguard-episode-2' }));
  await send(testMessage({ id: 'message-t', kind: 'test', dedupKey: 'rearguard-test' }));
  expect(issues.map(({ state }) => state)).toEqual(['open', 'open', 'closed']);
});

it('writes no mention, reference or markup of the backend', async () => {
  await send(hostileMessage(), testMessage({ id: 'message-2', kind: 'update', title: '@team closes #1' }));
  const { title = '', body = '', comments = [] } = issues[0] ?? {};
  expect(title).toContain('@\u2060everyone');
  expect(body.replace(/`+[^`]*`+/g, '')).not.toMatch(/[^&]#\d|@everyone|<b>|https:\/\//);
  expect(body.match(/<!--/g)).toHaveLength(2);
  expect(comments[0]).toContain('&#64;team closes &#35;1');
});

it('keeps within the limits', async () => {
  await send(hugeMessage());
  expect(issues[0]?.title.length).toBeLessThanOrEqual(256);
  expect(issues[0]?.body.length).toBeLessThanOrEqual(65_536);
});

it('says what to check when it may not, without the token', async () => {
  receiver.next.push({ status: 401, text: '{"message":"Bad credentials: ghp_token-of-a-robot"}' });
  const [outcome] = await send(testMessage());
  expect(outcome).toMatchObject({ kind: 'rejected' });
  expect(JSON.stringify(outcome)).toContain('`token` may write them');
  expect(JSON.stringify(outcome)).not.toContain('robot');
});
