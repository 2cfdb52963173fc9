import { ProbeFailure } from '../failure.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeFacts } from '../types.ts';
import type { Conversation } from './conversation.ts';
import { protocolError } from './protocol.ts';

/** Errors with which Redis says that it is up and cannot serve now. */
const NOT_READY = /^-(?:LOADING|MASTERDOWN|BUSY|CLUSTERDOWN|MISCONF|TRYAGAIN|OOM|ERR max number of clients)/;
const ASKS_FOR_PASSWORD = /^-NOAUTH/;
const REFUSES_US =
  /^-(?:WRONGPASS|NOPERM|DENIED|ERR (?:invalid password|AUTH|Client sent AUTH|DB index|invalid DB))/;

/** Redis and whatever speaks RESP: AUTH where credentials are given, then PING and what INFO tells of the server. */
export async function redis(wire: Conversation, plan: WirePlan): Promise<ProbeFacts> {
  if (plan.password !== undefined) {
    const credentials = plan.username ? [plan.username, plan.password] : [plan.password];
    await ask(wire, ['AUTH', ...credentials]);
  }
  const pong = await ask(wire, ['PING']);
  if (pong === null) return { authenticated: false };
  if (pong !== '+PONG') throw protocolError('+PONG', Buffer.from(pong));
  if (plan.database !== undefined) await ask(wire, ['SELECT', plan.database]);
  const server = await askInfo(wire, 'server');
  const replication = await askInfo(wire, 'replication');
  wire.send(command(['QUIT']));
  return { authenticated: true, ...server, ...replication };
}

/** The simple answer; null when the server first wants a password, which shows that it works. */
async function ask(wire: Conversation, words: readonly string[]): Promise<string | null> {
  wire.send(command(words));
  const line = await readLine(wire);
  if (!line.startsWith('-')) return line;
  if (ASKS_FOR_PASSWORD.test(line) && words[0] === 'PING') return null;
  if (REFUSES_US.test(line)) throw new ProbeFailure('auth-failed', line.slice(1));
  if (NOT_READY.test(line)) throw new ProbeFailure('not-ready', line.slice(1));
  throw protocolError('an accepted command', Buffer.from(line));
}

/** The first byte tells what speaks: whatever is not RESP need not end its line. */
async function readLine(wire: Conversation): Promise<string> {
  const type = (await wire.read(1)).toString('latin1');
  if (!'+-:$*'.includes(type)) {
    throw protocolError('RESP', Buffer.concat([Buffer.from(type, 'latin1'), wire.unread()]));
  }
  return type + (await wire.readUntil('\r\n')).toString('utf8');
}

const FACTS: Readonly<Record<string, string>> = {
  redis_version: 'version',
  role: 'role',
  master_link_status: 'masterLink',
};

/** A section of INFO; a server that has no INFO, or does not allow it, tells nothing. */
async function askInfo(wire: Conversation, section: string): Promise<ProbeFacts> {
  wire.send(command(['INFO', section]));
  const length = /^\$(\d+)$/.exec(await readLine(wire))?.[1];
  if (length === undefined) return {};
  const text = (await wire.read(Number(length))).toString('utf8');
  await wire.read(2);
  const lines = text.split('\r\n').map((line) => line.split(':', 2));
  return Object.fromEntries(
    lines.flatMap(([name = '', value = '']) => {
      const fact = FACTS[name];
      return fact === undefined ? [] : [[fact, value]];
    }),
  );
}

/** An array of bulk strings (RESP, "Sending commands to a Redis server"). */
function command(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
