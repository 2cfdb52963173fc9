import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AlertMessage } from '../../../core/alert.ts';
import { closedPort } from '../../../platform/test-support/servers.ts';
import { serveSmtp, type SmtpServer } from '../../../platform/test-support/smtp-server.ts';
import { hostileMessage, NEVER, openNotifier, testMessage } from './notifier-fixture.ts';
import type { SendOutcome } from './notifier.ts';

let server: SmtpServer;

beforeEach(async () => {
  server = await serveSmtp();
});
afterEach(() => server.close());

const PASSWORD = 'p@ss word/1';

async function send(
  message: AlertMessage = testMessage(),
  { port = server.port, query = '' } = {},
): Promise<SendOutcome> {
  const smtp = `smtp://robot:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${query}`;
  const settings = {
    kind: 'email',
    smtp: { $env: 'SMTP_URL' },
    from: 'Rearguard <rearguard@shop.test>',
    to: ['ops@shop.test', 'Boss <boss@shop.test>'],
  };
  const notifier = await openNotifier(settings, { env: { SMTP_URL: smtp } });
  return notifier.send(message, NEVER);
}

it('logs in and sends text and HTML to everybody', async () => {
  expect(await send()).toEqual({ kind: 'delivered' });
  expect(server.logins).toEqual([`robot:${PASSWORD}`]);
  const [mail] = server.mails;
  expect(mail).toMatchObject({ from: 'rearguard@shop.test', to: ['ops@shop.test', 'boss@shop.test'] });
  expect(mail?.headers.get('subject')).toBe('Firing, high: payment accepts and never answers');
  expect(mail?.headers.get('date')).toBe('Sun, 22 Nov 2026 13:40:05 +0000');
  expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
  expect(mail?.source).toContain('Content-Type: text/plain');
  expect(mail?.source).toContain('Content-Type: text/html');
  expect(mail?.source).toContain('<code>rearguard verify deps-3f9a1c20</code>');
});

it('makes a thread of one episode, and a message that is sent again keeps its id', async () => {
  const resolved = testMessage({ id: 'message-2', kind: 'resolved', endedAtMs: Date.UTC(2026, 10, 22, 14) });
  for (const message of [testMessage(), testMessage(), resolved]) await send(message);
  await send(testMessage({ id: 'message-9', dedupKey: 'rearguard-episode-2' }));
  const [first, again, last, other] = server.mails.map(({ headers }) => headers);
  expect(first?.get('message-id')).toMatch(/^<[\w.]+@shop\.test>$/);
  expect(again?.get('message-id')).toBe(first?.get('message-id'));
  expect(last?.get('message-id')).not.toBe(first?.get('message-id'));
  expect(last?.get('in-reply-to')).toBe(first?.get('references'));
  expect(last?.get('references')).toBe(first?.get('references'));
  expect(other?.get('references')).not.toBe(first?.get('references'));
});

it('escapes what a backend said, and lets no header out of it', async () => {
  const hostile = hostileMessage();
  await send({ ...hostile, id: 'a\r\nX-Evil: 1', title: `${hostile.title}\r\nBcc: evil@evil.example` });
  const [mail] = server.mails;
  expect(mail?.to).toHaveLength(2);
  expect([...(mail?.headers.keys() ?? [])]).not.toContain('bcc');
  expect([...(mail?.headers.keys() ?? [])]).not.toContain('x-evil');
  const html = mail?.source.slice(mail.source.indexOf('<!doctype html>')) ?? '';
  expect(html).toContain('&lt;b&gt;x&lt;/b&gt;');
  expect(html).not.toMatch(/<b>|<!channel>/);
});

it.each<[keyof SmtpServer['replies'], string, SendOutcome['kind']]>([
  ['CONNECT', '421 come back later', 'retry'],
  ['AUTH', '454 try again', 'retry'],
  ['AUTH', `535 wrong password ${PASSWORD}`, 'rejected'],
  ['MAIL', '451 not now', 'retry'],
  ['RCPT', '550 no such user', 'rejected'],
  ['END', '452 disk full', 'retry'],
  ['END', '554 this is spam', 'rejected'],
])('takes %s %s as %s', async (verb, reply, kind) => {
  server.replies[verb] = reply;
  const outcome = await send();
  expect(outcome.kind).toBe(kind);
  expect(JSON.stringify(outcome)).toContain(reply.slice(0, 3));
  expect(JSON.stringify(outcome)).not.toContain(PASSWORD);
});

it('tries again when no server is there', async () => {
  expect(await send(testMessage(), { port: await closedPort() })).toMatchObject({ kind: 'retry' });
});

it('sends no password where encryption was asked for and is not to be had', async () => {
  const outcome = await send(testMessage(), { query: '?requireTLS=true' });
  expect(outcome).toMatchObject({ kind: 'rejected' });
  expect(outcome).toHaveProperty('error', expect.stringContaining('STARTTLS'));
  expect(server.logins).toEqual([]);
});
