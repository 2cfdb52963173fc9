import { ProbeFailure } from '../failure.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeCause, ProbeFacts } from '../types.ts';
import type { Conversation } from './conversation.ts';
import { protocolError, type WireTools } from './protocol.ts';

/** RFC 5321, section 4.5.3.1.5: 512 bytes a line; EHLO has some twenty of them. */
const MAX_REPLY_LINES = 100;

interface Reply {
  code: number;
  /** Of every line, without the code. */
  lines: readonly string[];
}

/** SMTP (RFC 5321): greeting, EHLO, STARTTLS (RFC 3207) and AUTH (RFC 4954) where the plan asks for them, QUIT. */
export async function smtp(wire: Conversation, plan: WirePlan, tools: WireTools): Promise<ProbeFacts> {
  const greeting = await readReply(wire);
  // 421 and 554 are the words for it (section 3.1); whoever greets with another error does not serve either.
  if (greeting.code !== 220) throw refusal('not-ready', greeting);
  let extensions = await hello(wire);
  const startTls = extensions.has('STARTTLS');
  if (plan.encryption === 'starttls') {
    if (!startTls) throw new ProbeFailure('tls-failed', 'the server offers no STARTTLS');
    expectCode(220, await ask(wire, 'STARTTLS'), 'tls-failed');
    await tools.startTls();
    // What was said before TLS counts for nothing (RFC 3207, section 4.2).
    extensions = await hello(wire);
  }
  if (plan.password !== undefined) await logIn(wire, plan.username ?? '', plan.password, extensions);
  wire.send('QUIT\r\n');
  return { greeting: greeting.lines[0] ?? '', startTls, authenticated: plan.password !== undefined };
}

/** Keywords with their parameters. A server from before the extensions answers to HELO. */
async function hello(wire: Conversation): Promise<ReadonlyMap<string, readonly string[]>> {
  // An address literal is right for a client without a name (section 4.1.4).
  const reply = await ask(wire, 'EHLO [127.0.0.1]');
  if (reply.code === 500 || reply.code === 502) {
    expectCode(250, await ask(wire, 'HELO [127.0.0.1]'), 'protocol-error');
    return new Map();
  }
  expectCode(250, reply, 'protocol-error');
  return new Map(
    reply.lines.slice(1).map((line) => {
      const [keyword = '', ...parameters] = line.toUpperCase().split(' ');
      return [keyword, parameters];
    }),
  );
}

async function logIn(
  wire: Conversation,
  username: string,
  password: string,
  extensions: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const mechanisms = extensions.get('AUTH') ?? [];
  if (mechanisms.includes('PLAIN')) {
    expectCode(235, await ask(wire, `AUTH PLAIN ${base64(`\0${username}\0${password}`)}`), 'auth-failed');
  } else if (mechanisms.includes('LOGIN')) {
    expectCode(334, await ask(wire, 'AUTH LOGIN'), 'auth-failed');
    expectCode(334, await ask(wire, base64(username)), 'auth-failed');
    expectCode(235, await ask(wire, base64(password)), 'auth-failed');
  } else {
    throw new ProbeFailure(
      'auth-failed',
      'the server offers neither AUTH PLAIN nor AUTH LOGIN on this connection',
    );
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

async function ask(wire: Conversation, line: string): Promise<Reply> {
  wire.send(`${line}\r\n`);
  return readReply(wire);
}

/** Section 4.2.1: every line but the last has a hyphen behind the code. */
async function readReply(wire: Conversation): Promise<Reply> {
  const lines: string[] = [];
  while (lines.length < MAX_REPLY_LINES) {
    const line = await readLine(wire);
    const [, code = '', mark, text = ''] = /^([2-5]\d\d)(?:([ -])(.*))?$/s.exec(line) ?? [];
    if (code === '') throw protocolError('an SMTP reply', Buffer.from(line));
    lines.push(text);
    if (mark !== '-') return { code: Number(code), lines };
  }
  throw new ProbeFailure('protocol-error', 'a reply without end');
}

/** The first byte tells what speaks: whatever is not SMTP need not end its line. */
async function readLine(wire: Conversation): Promise<string> {
  const first = await wire.read(1);
  if (!/[2-5]/.test(first.toString('latin1')))
    throw protocolError('SMTP', Buffer.concat([first, wire.unread()]));
  const rest = await wire.readUntil('\n');
  return Buffer.concat([first, rest]).toString('utf8').trimEnd();
}

/** A reply of the class 4yz is "not now", whatever was asked (section 4.2.1). */
function expectCode(code: number, reply: Reply, otherwise: ProbeCause): void {
  if (reply.code === code) return;
  throw refusal(reply.code < 500 && reply.code >= 400 ? 'not-ready' : otherwise, reply);
}

function refusal(cause: ProbeCause, { code, lines }: Reply): ProbeFailure {
  return new ProbeFailure(cause, `${code} ${lines.join(' ')}`);
}
