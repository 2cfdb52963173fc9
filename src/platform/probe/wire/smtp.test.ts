import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLocalAuthority, type IssuedCertificate } from '../../test-support/local-ca.ts';
import { type LocalServer, serveTcp } from '../../test-support/servers.ts';
import { runWire } from '../../test-support/wire.ts';
import type { WirePlan } from '../plans.ts';

const LOGIN = { username: 'mailer', password: 'hunter2secret' };
const PLAIN = `AUTH PLAIN ${Buffer.from(`\0${LOGIN.username}\0${LOGIN.password}`).toString('base64')}`;
const encoded = (text: string): string => Buffer.from(text).toString('base64');

let ca: string;
let identity: IssuedCertificate;
beforeAll(async () => {
  const authority = await createLocalAuthority();
  ca = authority.certPem;
  identity = await authority.issue();
});

const open: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

interface Mail {
  greeting?: string;
  /** Lines after the first of EHLO. */
  extensions?: readonly string[];
  extensionsOverTls?: readonly string[];
  replies?: Readonly<Record<string, string>>;
  /** Sent in plain text right behind the reply to STARTTLS. */
  injected?: string;
}

/** A server in the words of RFC 5321, with the lines it was told. */
async function serve(mail: Mail): Promise<{ port: number; told: string[]; left: Promise<void> }> {
  const told: string[] = [];
  let leave = (): void => undefined;
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  function converse(socket: Socket, extensions: readonly string[]): void {
    let rest = '';
    const onData = (bytes: Buffer): void => {
      const lines = (rest + bytes.toString()).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        told.push(line);
        const reply = mail.replies?.[line];
        if (reply !== undefined) socket.write(`${reply}\r\n`);
        else if (line.startsWith('EHLO')) socket.write(multiline(['mail.test', ...extensions]));
        else if (line === 'STARTTLS') {
          socket.off('data', onData);
          socket.write(`220 go ahead\r\n${mail.injected ?? ''}`);
          const secureContext = createSecureContext({ cert: identity.certPem, key: identity.keyPem });
          const secure = new TLSSocket(socket, { isServer: true, secureContext });
          secure.on('error', () => undefined);
          converse(secure, mail.extensionsOverTls ?? []);
        } else if (line === 'QUIT') socket.end('221 bye\r\n');
        else socket.write('500 what?\r\n');
      }
    };
    socket.on('data', onData);
  }
  const server = await serveTcp((socket) => {
    socket.once('close', leave);
    socket.write(mail.greeting ?? '220 mail.test ESMTP ready\r\n');
    converse(socket, mail.extensions ?? ['PIPELINING', 'SIZE 10240000']);
  });
  open.push(server);
  return { port: server.port, told, left };
}

function multiline(lines: readonly string[]): string {
  return lines.map((line, index) => `250${index === lines.length - 1 ? ' ' : '-'}${line}\r\n`).join('');
}

async function probe(mail: Mail, more: Partial<WirePlan> = {}) {
  const { port, told, left } = await serve(mail);
  const outcome = await runWire('smtp', port, more);
  await left;
  return { told, outcome };
}

describe('SMTP', () => {
  it('greets, tells its extensions, and is left with a word', async () => {
    const { outcome, told } = await probe({ greeting: '220-mail.test ESMTP\r\n220 no spam, please\r\n' });
    expect(outcome).toMatchObject({
      success: true,
      facts: { greeting: 'mail.test ESMTP', startTls: false, authenticated: false },
    });
    expect(told).toEqual(['EHLO [127.0.0.1]', 'QUIT']);
  });

  it.each([
    ['421 too many connections\r\n', 'not-ready'],
    ['554 no SMTP service here\r\n', 'not-ready'],
    ['+OK POP3 ready\r\n', 'protocol-error'],
    ['220junk\r\n', 'protocol-error'],
  ])('a greeting of %j is %s', async (greeting, cause) => {
    expect((await probe({ greeting })).outcome).toMatchObject({ success: false, cause });
  });

  it('a server from before the extensions is greeted in its own way', async () => {
    const { outcome, told } = await probe({
      replies: { 'EHLO [127.0.0.1]': '502 not implemented', 'HELO [127.0.0.1]': '250 hello' },
    });
    expect(outcome.success).toBe(true);
    expect(told).toEqual(['EHLO [127.0.0.1]', 'HELO [127.0.0.1]', 'QUIT']);
  });

  it.each([
    [['AUTH LOGIN PLAIN'], { [PLAIN]: '235 welcome' }, null],
    [
      ['AUTH LOGIN'],
      {
        'AUTH LOGIN': '334 VXNlcm5hbWU6',
        [encoded('mailer')]: '334 UGFzc3dvcmQ6',
        [encoded(LOGIN.password)]: '235 in',
      },
      null,
    ],
    [['AUTH PLAIN'], { [PLAIN]: '535 5.7.8 bad credentials' }, 'auth-failed'],
    [['AUTH PLAIN'], { [PLAIN]: '454 4.7.0 temporary failure' }, 'not-ready'],
    [['AUTH GSSAPI'], {}, 'auth-failed'],
    [[], {}, 'auth-failed'],
  ])('with %j and %j, credentials end in %j', async (extensions, replies: Record<string, string>, cause) => {
    const { outcome } = await probe({ extensions, replies }, LOGIN);
    expect(outcome.cause).toBe(cause);
    expect(outcome.facts['authenticated'] ?? null).toBe(cause === null ? true : null);
    expect(outcome.message ?? '').not.toContain(LOGIN.password);
  });

  it('shows its password only after TLS, and believes only what was said there', async () => {
    const { outcome, told } = await probe(
      { extensions: ['STARTTLS'], extensionsOverTls: ['AUTH PLAIN'], replies: { [PLAIN]: '235 welcome' } },
      { ...LOGIN, encryption: 'starttls', tls: { ca } },
    );
    expect(outcome).toMatchObject({ success: true, facts: { startTls: true, authenticated: true } });
    expect(outcome.hops[0]?.tls?.problems).toEqual([]);
    expect(told.slice(0, 4)).toEqual(['EHLO [127.0.0.1]', 'STARTTLS', 'EHLO [127.0.0.1]', PLAIN]);
  });

  it('without an offer of TLS, or with a certificate of nobody, no password is sent', async () => {
    const login = { ...LOGIN, encryption: 'starttls' } as const;
    const stripped = await probe({ extensions: ['AUTH PLAIN'] }, { ...login, tls: { ca } });
    expect(stripped.outcome.cause).toBe('tls-failed');
    const untrusted = await probe({ extensions: ['STARTTLS'], extensionsOverTls: ['AUTH PLAIN'] }, login);
    expect(untrusted.outcome.cause).toBe('tls-failed');
    for (const { told } of [stripped, untrusted]) expect(told.join()).not.toContain('AUTH');
  });

  it('what somebody slips in before the handshake is no part of the encrypted conversation', async () => {
    const { outcome } = await probe(
      { extensions: ['STARTTLS'], injected: '250 mail.test\r\n' },
      { encryption: 'starttls', tls: { ca } },
    );
    expect(outcome.cause).toBe('protocol-error');
  });
});
