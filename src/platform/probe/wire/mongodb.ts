import { ProbeFailure } from '../failure.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeFacts } from '../types.ts';
import { type BsonDocument, decodeBson, encodeBson, int32LE } from './bson.ts';
import type { Conversation } from './conversation.ts';
import { protocolError } from './protocol.ts';

/** MongoDB manual, "MongoDB Wire Protocol". */
const OP_MSG = 2013;
const HEADER_BYTES = 16;
/** `flagBits`, and the kind of the one section. */
const PREFIX_BYTES = 5;
/** Its length and its end. */
const MIN_DOCUMENT_BYTES = 5;
/** The answer to `hello` of the largest replica set is far below. */
const MAX_MESSAGE_BYTES = 65_536;

/** Codes of error_codes.yml that name a server without this command: it is older than 4.4.2. */
const COMMAND_NOT_FOUND = 59;
const NOT_READY = new Set([
  91, // ShutdownInProgress
  189, // PrimarySteppedDown
  11_600, // InterruptedAtShutdown
  11_602, // InterruptedDueToReplStateChange
  13_435, // NotPrimaryNoSecondaryOk
  13_436, // NotPrimaryOrSecondary
]);

/**
 * MongoDB: `hello`, which the server answers to everybody, so the credentials of a plan are not tried. A member that is
 * neither primary nor secondary nor arbiter, because it starts, recovers or was removed, is not ready. A secondary is,
 * also while its set has no primary.
 */
export async function mongodb(wire: Conversation, _plan: WirePlan): Promise<ProbeFacts> {
  let hello = await command(wire, 'hello', 1);
  if (hello['ok'] !== 1 && hello['code'] === COMMAND_NOT_FOUND) hello = await command(wire, 'isMaster', 2);
  if (hello['ok'] !== 1) throw refusal(hello);
  const role = roleOf(hello);
  if (role === null) throw new ProbeFailure('not-ready', `neither primary nor secondary: ${stateOf(hello)}`);
  return {
    role,
    set: textOf(hello['setName']),
    primary: textOf(hello['primary']),
    maxWireVersion: typeof hello['maxWireVersion'] === 'number' ? hello['maxWireVersion'] : null,
  };
}

async function command(wire: Conversation, name: string, requestId: number): Promise<BsonDocument> {
  const body = encodeBson({ [name]: 1, helloOk: true, $db: 'admin' });
  const length = HEADER_BYTES + PREFIX_BYTES + body.length;
  const header = [length, requestId, 0, OP_MSG].map(int32LE);
  wire.send(Buffer.concat([...header, Buffer.alloc(PREFIX_BYTES), body]));
  return readAnswer(wire, requestId);
}

async function readAnswer(wire: Conversation, requestId: number): Promise<BsonDocument> {
  const header = await wire.read(HEADER_BYTES);
  const length = header.readInt32LE(0);
  const isAnswer = header.readInt32LE(8) === requestId && header.readInt32LE(12) === OP_MSG;
  if (!isAnswer || length < HEADER_BYTES + PREFIX_BYTES + MIN_DOCUMENT_BYTES || length > MAX_MESSAGE_BYTES) {
    throw protocolError('a MongoDB message', header);
  }
  const content = await wire.read(length - HEADER_BYTES);
  if (content[4] !== 0) throw protocolError('a MongoDB document', content);
  const document = content.subarray(PREFIX_BYTES);
  // Behind the document there may be a checksum.
  return decodeBson(document.subarray(0, document.readInt32LE(0)));
}

/** null where the server says of itself that it can neither be written to nor read from. */
function roleOf(hello: BsonDocument): string | null {
  if (hello['msg'] === 'isdbgrid') return 'mongos';
  if (hello['isWritablePrimary'] === true || hello['ismaster'] === true) {
    return hello['setName'] === undefined ? 'standalone' : 'primary';
  }
  if (hello['secondary'] === true) return 'secondary';
  return hello['arbiterOnly'] === true ? 'arbiter' : null;
}

function stateOf(hello: BsonDocument): string {
  const set = textOf(hello['setName']);
  return (
    textOf(hello['info']) ??
    (set === null ? 'it belongs to no set yet' : `a member of ${set} that starts or recovers`)
  );
}

function refusal(hello: BsonDocument): ProbeFailure {
  const code = typeof hello['code'] === 'number' ? hello['code'] : null;
  const words = `${textOf(hello['errmsg']) ?? 'hello is refused'} (code ${code ?? 'unknown'})`;
  return new ProbeFailure(code !== null && NOT_READY.has(code) ? 'not-ready' : 'protocol-error', words);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
