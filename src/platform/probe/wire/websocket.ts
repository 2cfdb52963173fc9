import { createHash } from 'node:crypto';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { ProbeFailure } from '../failure.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeCause, ProbeFacts } from '../types.ts';
import type { Conversation } from './conversation.ts';
import { protocolError, type WireTools } from './protocol.ts';
import { closeFrame, maskedFrame, OPCODE, readFrameKind } from './websocket-frames.ts';

/** RFC 6455, section 1.3. */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const NORMAL_CLOSURE = 1_000;

/** RFC 6455: the opening handshake with its proof, a ping, and whatever frame comes back. */
export async function websocket(wire: Conversation, plan: WirePlan, tools: WireTools): Promise<ProbeFacts> {
  const random = (): number => tools.random();
  const key = randomBytes(16, random).toString('base64');
  wire.send(upgradeRequest(plan, key));
  const answer = await readHead(wire);
  if (answer.status !== 101) throw notUpgraded(answer);
  verifyUpgrade(answer, key, plan);
  wire.send(maskedFrame(OPCODE.ping, randomBytes(8, random), random));
  const kind = await readFrameKind(wire);
  wire.send(closeFrame(NORMAL_CLOSURE, random));
  return {
    server: answer.headers.get('server') ?? null,
    subprotocol: answer.headers.get('sec-websocket-protocol') ?? null,
    firstFrame: kind === OPCODE.pong ? 'pong' : kind === OPCODE.ping ? 'ping' : 'data',
  };
}

function randomBytes(length: number, random: () => number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}

/** Section 4.1. A plan may set any header but those that make the handshake. */
function upgradeRequest(plan: WirePlan, key: string): string {
  const path = plan.path === undefined || plan.path === '' ? '/' : plan.path;
  if (!/^\/[\x21-\x7e]*$/.test(path))
    throw new ProbeFailure('protocol-error', 'the path cannot be sent as it is');
  const headers = new Map<string, string>([
    ['host', hostField(plan)],
    ['user-agent', 'rearguard'],
  ]);
  for (const [name, value] of Object.entries(plan.headers ?? {})) headers.set(name.toLowerCase(), value);
  headers.set('upgrade', 'websocket');
  headers.set('connection', 'Upgrade');
  headers.set('sec-websocket-key', key);
  headers.set('sec-websocket-version', '13');
  headers.delete('sec-websocket-extensions');
  const lines = [...headers].map(([name, value]) => headerLine(name, value));
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

function headerLine(name: string, value: string): string {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new ProbeFailure('protocol-error', `the header ${name} cannot be sent as it is`);
  }
  return `${name}: ${value}\r\n`;
}

function hostField({ host, port, encryption }: WirePlan): string {
  const bare = host.replace(/^\[|\]$/g, '');
  const name = bare.includes(':') ? `[${bare}]` : bare;
  return port === (encryption === 'none' ? 80 : 443) ? name : `${name}:${port}`;
}

interface AnswerHead {
  status: number;
  /** Names in lower case; of repeated ones the last. */
  headers: ReadonlyMap<string, string>;
}

async function readHead(wire: Conversation): Promise<AnswerHead> {
  const word = await wire.read(5);
  if (word.toString('latin1') !== 'HTTP/') throw protocolError('HTTP', word);
  const [statusLine = '', ...lines] = (await wire.readUntil('\r\n\r\n')).toString('latin1').split('\r\n');
  const status = /^1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1];
  if (status === undefined) throw protocolError('HTTP/1.1', Buffer.from(`HTTP/${statusLine}`));
  const headers = lines.flatMap((line): [string, string][] => {
    const at = line.indexOf(':');
    return at < 1 ? [] : [[line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]];
  });
  return { status: Number(status), headers: new Map(headers) };
}

function notUpgraded({ status, headers }: AnswerHead): ProbeFailure {
  const wait = headers.get('retry-after');
  const later = wait === undefined ? '' : `, try again after ${wait}`;
  return new ProbeFailure(causeOf(status), `the server answered ${status} instead of 101${later}`);
}

function causeOf(status: number): ProbeCause {
  if (status === 401 || status === 403 || status === 407) return 'auth-failed';
  if (status === 503 || status === 429) return 'not-ready';
  if (status >= 500) return 'status-5xx';
  return status >= 400 ? 'status-4xx' : 'status-unexpected';
}

/** Section 4.1, what a client must verify: the proof that the server understood, and that it chose nothing on its own. */
function verifyUpgrade({ headers }: AnswerHead, key: string, plan: WirePlan): void {
  const expected = createHash('sha1').update(`${key}${ACCEPT_SUFFIX}`).digest('base64');
  const wrong = (what: string): ProbeFailure =>
    new ProbeFailure('protocol-error', `the server answered 101, but ${what}`);
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') throw wrong('upgrades to something else');
  if (!/(?:^|,)\s*upgrade\s*(?:,|$)/i.test(headers.get('connection') ?? '')) {
    throw wrong('without a header Connection: Upgrade');
  }
  if (headers.get('sec-websocket-accept') !== expected)
    throw wrong('its Sec-WebSocket-Accept is not to our key');
  if (headers.has('sec-websocket-extensions')) throw wrong('chose an extension that was not offered');
  const chosen = headers.get('sec-websocket-protocol');
  if (chosen !== undefined && !offeredSubprotocols(plan).includes(chosen)) {
    throw wrong('chose a subprotocol that was not offered');
  }
}

function offeredSubprotocols(plan: WirePlan): readonly string[] {
  const offered = Object.entries(plan.headers ?? {}).find(
    ([name]) => name.toLowerCase() === 'sec-websocket-protocol',
  );
  return (offered?.[1] ?? '').split(',').map((name) => name.trim());
}
