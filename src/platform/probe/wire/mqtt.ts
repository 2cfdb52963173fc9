import { ProbeFailure } from '../failure.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeFacts } from '../types.ts';
import { uint16 } from './byte-reader.ts';
import type { Conversation } from './conversation.ts';
import { protocolError, type WireTools } from './protocol.ts';

/** Control packets (MQTT 3.1.1, section 2.2.1), the type in the upper half of the first byte. */
const CONNECT = 0x10;
const CONNACK = 0x20;
const PINGREQ = Buffer.of(0xc0, 0);
const PINGRESP = 0xd0;
const DISCONNECT = Buffer.of(0xe0, 0);

const CLEAN_SESSION = 0x02;
const HAS_PASSWORD = 0x40;
const HAS_USERNAME = 0x80;
/** Longer than any probe lives. */
const KEEP_ALIVE_SECONDS = 60;
/** What a broker may answer with here has two bytes in version 3.1.1, some more in version 5. */
const MAX_ANSWER_BYTES = 1_024;
/** A client id of at most 23 of these is accepted everywhere [MQTT-3.1.3-5]. */
const ID_ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** MQTT 3.1.1: CONNECT with a clean session, PINGREQ, DISCONNECT. A broker that asks for credentials is up. */
export async function mqtt(wire: Conversation, plan: WirePlan, tools: WireTools): Promise<ProbeFacts> {
  wire.send(connectPacket(plan, tools));
  const returnCode = (await readPacket(wire, CONNACK, 'CONNACK')).at(1);
  const hasCredentials = plan.username !== undefined;
  if (isRefusedLogin(returnCode) && !hasCredentials) return { authenticated: false };
  if (returnCode !== 0) throw refusal(returnCode ?? -1);
  wire.send(PINGREQ);
  await readPacket(wire, PINGRESP, 'PINGRESP');
  wire.send(DISCONNECT);
  return hasCredentials ? { authenticated: true } : {};
}

/** Section 3.1: protocol name and level, flags, keep alive; then the payload in the order the flags name it. */
function connectPacket(plan: WirePlan, tools: WireTools): Buffer {
  const credentials = plan.username === undefined ? [] : [plan.username, plan.password ?? ''];
  const flags = CLEAN_SESSION | (credentials.length > 0 ? HAS_USERNAME | HAS_PASSWORD : 0);
  const letter = (): string => ID_ALPHABET[Math.floor(tools.random() * ID_ALPHABET.length)] ?? '';
  const id = Array.from({ length: 12 }, letter).join('');
  const body = Buffer.concat([
    text('MQTT'),
    Buffer.of(4, flags),
    uint16(KEEP_ALIVE_SECONDS),
    text(`rearguard${id}`),
    ...credentials.map(text),
  ]);
  return Buffer.concat([Buffer.of(CONNECT), remainingLength(body.length), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length > 0xffff)
    throw new ProbeFailure('protocol-error', 'MQTT has no room for a text that long');
  return Buffer.concat([uint16(bytes.length), bytes]);
}

/** Seven bits a byte, lowest first (section 2.2.3). */
function remainingLength(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.from(bytes);
}

/** What follows the fixed header of the packet expected next. */
async function readPacket(wire: Conversation, type: number, name: string): Promise<Buffer> {
  const first = await wire.read(1);
  if (first.at(0) !== type) throw protocolError(name, first);
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = (await wire.read(1)).readUInt8(0);
    length |= (byte & 0x7f) << shift;
    if (length > MAX_ANSWER_BYTES || shift > 14) throw protocolError(name, Buffer.of(type, byte));
    if (byte < 0x80) break;
  }
  if (type === CONNACK && length < 2) throw protocolError(name, Buffer.of(type, length));
  return wire.read(length);
}

function isRefusedLogin(returnCode: number | undefined): boolean {
  return returnCode === 4 || returnCode === 5;
}

/** Connect return codes (section 3.2.2.3). */
const REFUSALS: Readonly<Record<number, string>> = {
  1: 'the broker does not speak MQTT 3.1.1',
  2: 'the broker does not take the client id',
  3: 'the broker says that it is unavailable',
  4: 'the broker does not take the username or the password',
  5: 'the broker does not authorize this client',
};

function refusal(returnCode: number): ProbeFailure {
  const message = REFUSALS[returnCode] ?? `the broker answers CONNECT with code ${returnCode}`;
  if (returnCode === 3) return new ProbeFailure('not-ready', message);
  return new ProbeFailure(isRefusedLogin(returnCode) ? 'auth-failed' : 'protocol-error', message);
}
