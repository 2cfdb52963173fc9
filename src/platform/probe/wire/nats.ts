import { ProbeFailure } from '../failure.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeFacts } from '../types.ts';
import type { Conversation } from './conversation.ts';
import { protocolError, type WireTools } from './protocol.ts';

/** Lines the server may send of its own accord before it answers our PING: INFO, PING, +OK. */
const MAX_LINES = 32;
const REFUSES_CREDENTIALS = /authoriz|authentic|revoked|expired/i;
const NOT_READY = /maximum .*connections|server shutdown|slow consumer|stale connection/i;

type Info = Readonly<Record<string, unknown>>;

/**
 * NATS client protocol: INFO, CONNECT, PING, PONG. Where the server wants credentials and the plan has none, its INFO is
 * proof enough.
 */
export async function nats(wire: Conversation, plan: WirePlan, tools: WireTools): Promise<ProbeFacts> {
  const info = await readInfo(wire);
  if (info['ldm'] === true)
    throw new ProbeFailure('not-ready', 'the server is in lame-duck mode: it shuts down');
  if (plan.encryption === 'starttls') await upgrade(info, tools);
  else if (info['tls_required'] === true && plan.encryption === 'none') {
    throw new ProbeFailure('protocol-error', 'the server requires TLS: the plan needs encryption starttls');
  }
  const facts = factsOf(info);
  const hasCredentials = plan.username !== undefined || plan.password !== undefined;
  if (info['auth_required'] === true && !hasCredentials) return { ...facts, authenticated: false };
  wire.send(`CONNECT ${JSON.stringify(connectOptions(plan))}\r\nPING\r\n`);
  await waitForPong(wire);
  return hasCredentials ? { ...facts, authenticated: true } : facts;
}

async function readInfo(wire: Conversation): Promise<Info> {
  const word = await wire.read(5);
  if (word.toString('latin1') !== 'INFO ') {
    if (word.toString('latin1') === '-ERR ') throw refusal((await wire.readUntil('\r\n')).toString('utf8'));
    throw protocolError('INFO', word);
  }
  const line = await wire.readUntil('\r\n');
  try {
    const parsed: unknown = JSON.parse(line.toString('utf8'));
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) return parsed as Info;
  } catch {
    // Said below.
  }
  throw protocolError('INFO with JSON', line);
}

function factsOf(info: Info): ProbeFacts {
  const text = (name: string): string | null => {
    const value = info[name];
    return typeof value === 'string' ? value : null;
  };
  return {
    version: text('version'),
    serverName: text('server_name'),
    cluster: text('cluster'),
    jetstream: info['jetstream'] === true,
    authRequired: info['auth_required'] === true,
    tlsRequired: info['tls_required'] === true,
  };
}

/** After INFO and before CONNECT the server waits for the TLS handshake. */
async function upgrade(info: Info, tools: WireTools): Promise<void> {
  if (info['tls_required'] !== true && info['tls_available'] !== true) {
    throw new ProbeFailure('tls-failed', 'the server does not offer TLS');
  }
  await tools.startTls();
}

/** A password alone is a token. */
function connectOptions(plan: WirePlan): Record<string, unknown> {
  const credentials =
    plan.username === undefined
      ? { auth_token: plan.password }
      : { user: plan.username, pass: plan.password ?? '' };
  return {
    verbose: false,
    pedantic: false,
    tls_required: plan.encryption !== 'none',
    name: 'rearguard',
    lang: 'javascript',
    version: '1',
    protocol: 0,
    ...credentials,
  };
}

async function waitForPong(wire: Conversation): Promise<void> {
  for (let count = 0; count < MAX_LINES; count += 1) {
    const line = (await wire.readUntil('\r\n')).toString('utf8');
    if (line === 'PONG') return;
    if (line === 'PING') wire.send('PONG\r\n');
    else if (line.startsWith('-ERR')) throw refusal(line.slice(4));
    else if (line !== '+OK' && !line.startsWith('INFO ')) throw protocolError('PONG', Buffer.from(line));
  }
  throw new ProbeFailure('protocol-error', `no PONG within ${MAX_LINES} lines`);
}

function refusal(words: string): ProbeFailure {
  const message = words.trim().replace(/^'|'$/g, '');
  if (REFUSES_CREDENTIALS.test(message)) return new ProbeFailure('auth-failed', message);
  return new ProbeFailure(NOT_READY.test(message) ? 'not-ready' : 'protocol-error', message);
}
