import { ProbeFailure } from '../failure.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeCause, ProbeFacts } from '../types.ts';
import {
  CONNECTION_CLASS,
  longString,
  METHOD,
  type Method,
  methodFrame,
  readLongString,
  readMethod,
  readShortString,
  readTableTexts,
  shortString,
} from './amqp-frames.ts';
import { type ByteReader, int32, uint16 } from './byte-reader.ts';
import { isClosedByPeer } from './closed-by-peer.ts';
import type { Conversation } from './conversation.ts';
import { protocolError } from './protocol.ts';

const PROTOCOL_HEADER = Buffer.from('AMQP\0\0\x09\x01', 'latin1');

/**
 * AMQP 0-9-1, section 2.2.4 of the specification. Without credentials the server's Start is proof enough; with them the
 * connection is tuned, the virtual host opened, and all of it closed again.
 */
export async function amqp(wire: Conversation, plan: WirePlan): Promise<ProbeFacts> {
  wire.send(PROTOCOL_HEADER);
  const { fields } = await expectMethod(wire, METHOD.start, 'Connection.Start');
  const { facts, mechanisms } = readStart(fields);
  if (plan.username === undefined) return { ...facts, authenticated: false };
  if (!mechanisms.includes('PLAIN')) {
    throw new ProbeFailure('auth-failed', `the server takes ${mechanisms.join(', ')}, not PLAIN`);
  }
  wire.send(startOk(plan.username, plan.password ?? ''));
  const tune = await expectTune(wire);
  wire.send(methodFrame(METHOD.tuneOk, tune));
  wire.send(methodFrame(METHOD.open, shortString(plan.database ?? '/'), shortString(''), Buffer.of(0)));
  await expectMethod(wire, METHOD.openOk, 'Connection.Open-Ok');
  wire.send(methodFrame(METHOD.close, uint16(200), shortString('probe done'), uint16(0), uint16(0)));
  await expectMethod(wire, METHOD.closeOk, 'Connection.Close-Ok');
  return { ...facts, authenticated: true };
}

/** Version, server properties, mechanisms, locales. */
function readStart(fields: ByteReader): { facts: ProbeFacts; mechanisms: readonly string[] } {
  fields.bytes(2);
  const properties = readTableTexts(fields);
  const mechanisms = readLongString(fields).split(' ');
  const facts = {
    product: properties.get('product') ?? null,
    version: properties.get('version') ?? null,
    cluster: properties.get('cluster_name') ?? null,
  };
  return { facts, mechanisms };
}

/** Client properties, mechanism, response (RFC 4616), locale. */
function startOk(username: string, password: string): Buffer {
  // With this capability RabbitMQ says why it refuses, instead of closing without a word.
  const capabilities = Buffer.concat([shortString('authentication_failure_close'), Buffer.from('t\x01')]);
  const properties = Buffer.concat([
    shortString('product'),
    Buffer.from('S'),
    longString('rearguard'),
    shortString('capabilities'),
    Buffer.from('F'),
    longString(capabilities),
  ]);
  return methodFrame(
    METHOD.startOk,
    longString(properties),
    shortString('PLAIN'),
    longString(`\0${username}\0${password}`),
    shortString('en_US'),
  );
}

/** Channel and frame limits as the server proposes them, and no heartbeat: we are gone before the first one. */
async function expectTune(wire: Conversation): Promise<Buffer> {
  try {
    const { fields } = await expectMethod(wire, METHOD.tune, 'Connection.Tune');
    const channelMax = fields.uint16();
    const frameMax = fields.int32();
    return Buffer.concat([uint16(channelMax), int32(frameMax), uint16(0)]);
  } catch (error) {
    // Servers without the capability above close, as the specification has it.
    if (isClosedByPeer(error)) {
      throw new ProbeFailure('auth-failed', 'the server closed the connection when it got the credentials');
    }
    throw error;
  }
}

async function expectMethod(wire: Conversation, methodId: number, name: string): Promise<Method> {
  const method = await readMethod(wire);
  if (method.classId === CONNECTION_CLASS && method.methodId === methodId) return method;
  if (method.classId === CONNECTION_CLASS && method.methodId === METHOD.close) throw closed(wire, method);
  if (method.classId === CONNECTION_CLASS && method.methodId === METHOD.secure) {
    throw new ProbeFailure('auth-failed', 'the server asks for more than a username and a password');
  }
  throw protocolError(name, Buffer.from(`method ${method.classId}.${method.methodId}`));
}

/** Reply codes (section 1.5): access refused, not allowed (the virtual host); forced, out of resources, internal error. */
const CAUSES: Readonly<Record<number, ProbeCause>> = {
  403: 'auth-failed',
  530: 'auth-failed',
  320: 'not-ready',
  506: 'not-ready',
  541: 'not-ready',
};

function closed(wire: Conversation, { fields }: Method): ProbeFailure {
  const code = fields.uint16();
  const text = readShortString(fields);
  wire.send(methodFrame(METHOD.closeOk));
  return new ProbeFailure(
    CAUSES[code] ?? 'protocol-error',
    `the server closed the connection: ${code} ${text}`,
  );
}
