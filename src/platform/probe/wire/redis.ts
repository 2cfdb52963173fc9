import { ProbeFailure } from '../failure.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeFacts } from '../types.ts';
import type { Conversation } from './conversation.ts';
import { protocolError } from './protocol.ts';

/** Errors with which Redis says that it is up and cannot serve now. */
const NOT_READY = /^-(?:LOADING|MASTERDOWN|BUSY|CLUSTERDOWN|MISCONF|TRYAGAIN|ERR max number of clients)/;
const ASKS_FOR_PASSWORD = /^-NOAUTH/;
const REFUSES_CREDENTIALS = /^-(?:WRONGPASS|NOPERM|ERR (?:invalid password|AUTH|Client sent AUTH))/;

/** Redis and whatever speaks RESP: AUTH where credentials are given, then PING and what INFO tells of the server. */
export async function redis(wire: Conversation, plan: WirePlan): Promise<ProbeFacts> {
  if (plan.password !== undefined) {
    const credentials = plan.username ? [plan.username, plan.password] : [plan.password];
    await ask(wire, ['AUTH', ...credentials]);
  }
  const pong = await ask(wire, ['PING']);
  if (pong === null) return { authenticated: false };
  if (pong !== '+PONG') throw protocolError('+PONG', Buffer.from(pong));
  const server = await askInfo(wire, 'server');
  const replication = await askInfo(wire, 'replication');
  wire.send(command(['QUIT']));
  return { ...server, ...replication };
}

/** The simple answer; null when the server first wants a password, which shows that it works. */
async function ask(wire: Conversation, words: readonly string[]): Promise<string | null> {
  wire.send(command(words));
  const line = (await wire.readUntil('\r\n')).toString('utf8');
  if (!line.startsWith('-')) {
    if (!/^[+$:*]/.test(line)) throw protocolError('RESP', Buffer.from(line));
    return line;
  }
  if (ASKS_FOR_PASSWORD.test(line) && words[0] === 'PING') return null;
  if (REFUSES_CREDENTIALS.test(line)) throw new ProbeFailure('auth-failed', line.slice(1));
  if (NOT_READY.test(line)) throw new ProbeFailure('not-ready', line.slice(1));
  throw protocolError('an accepted command', Buffer.from(line));
}

const FACTS: Readonly<Record<string, string>> = {
  redis_version: 'version',
  role: 'role',
  master_link_status: 'masterLink',
};

/** A section of INFO; a server that has no INFO, or does not allow it, tells nothing. */
async function askInfo(wire: Conversation, section: string): Promise<ProbeFacts> {
  wire.send(command(['INFO', section]));
  const head = (await wire.readUntil('\r\n')).toString('utf8');
  const length = /^\$(\d+)$/.exec(head)?.[1];
  if (length === undefined) return {};
  const text = (await wire.read(Number(length))).toString('utf8');
  await wire.read(2);
  const facts: Record<string, string> = {};
  for (const line of text.split('\r\n')) {
    const [name = '', value = ''] = line.split(':', 2);
    const fact = FACTS[name];
    if (fact !== undefined) facts[fact] = value;
  }
  return facts;
}

/** An array of bulk strings (RESP, "Sending commands to a Redis server"). */
function command(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
