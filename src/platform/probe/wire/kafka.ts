import { ProbeFailure } from '../failure.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeFacts } from '../types.ts';
import { type ByteReader, int32, readBytes, uint16, utf8 } from './byte-reader.ts';
import { isClosedByPeer } from './closed-by-peer.ts';
import type { Conversation } from './conversation.ts';
import { protocolError } from './protocol.ts';

const API = { metadata: 3, apiVersions: 18 } as const;
/** Versions of Metadata whose fields have fixed sizes: from 9 on they are encoded otherwise (KIP-482). */
const METADATA_VERSIONS = { min: 1, max: 8 } as const;
const UNSUPPORTED_VERSION = 35;
const MAX_ANSWER_BYTES = 1_000_000;
/** An alert record of TLS, read as the length of an answer, begins so. */
const TLS_ALERT = 0x15_03;

/**
 * Kafka's own protocol: ApiVersions, which every broker answers to anybody, then Metadata without topics. SASL is not
 * spoken: a broker that wants it has shown with the first answer that it works, and closes at the second request.
 */
export async function kafka(wire: Conversation, _plan: WirePlan): Promise<ProbeFacts> {
  wire.send(request(API.apiVersions, 0, 1));
  const versions = await firstAnswer(wire);
  const errorCode = versions.int16();
  if (errorCode === UNSUPPORTED_VERSION) {
    throw new ProbeFailure('protocol-error', 'the broker does not know ApiVersions version 0');
  }
  if (errorCode !== 0) throw new ProbeFailure('not-ready', `the broker answers with error ${errorCode}`);
  const ranges = readVersions(versions);
  const version = metadataVersion(ranges);
  const facts = { apis: ranges.size };
  if (version === null) return { ...facts, brokers: null, controller: null };
  wire.send(request(API.metadata, version, 2, metadataBody(version)));
  const answer = await metadataAnswer(wire);
  if (answer === null) return { ...facts, brokers: null, controller: null, authenticated: false };
  return { ...facts, ...readMetadata(answer, version) };
}

/** Request header version 1: key, version, correlation id, client id. */
function request(
  apiKey: number,
  version: number,
  correlationId: number,
  body: Buffer = Buffer.alloc(0),
): Buffer {
  const clientId = Buffer.from('rearguard');
  const payload = Buffer.concat([
    uint16(apiKey),
    uint16(version),
    int32(correlationId),
    uint16(clientId.length),
    clientId,
    body,
  ]);
  return Buffer.concat([int32(payload.length), payload]);
}

/** A broker that wants TLS takes plain text for a broken handshake: it sends an alert, or closes. */
async function firstAnswer(wire: Conversation): Promise<ByteReader> {
  try {
    return await readAnswer(wire, 1);
  } catch (error) {
    if (isClosedByPeer(error)) {
      const hint = 'a listener with TLS does so when it is spoken to in plain text';
      throw new ProbeFailure('reset', `the broker closed the connection at the first request: ${hint}`);
    }
    throw error;
  }
}

async function readAnswer(wire: Conversation, correlationId: number): Promise<ByteReader> {
  const size = await wire.read(4);
  if (size.readUInt16BE(0) === TLS_ALERT) {
    throw new ProbeFailure(
      'protocol-error',
      'the listener wants TLS: it answers plain text with a TLS alert',
    );
  }
  const length = size.readInt32BE(0);
  if (length < 4 || length > MAX_ANSWER_BYTES) throw protocolError('from a Kafka broker', size);
  const answer = readBytes(await wire.read(length));
  if (answer.int32() !== correlationId) throw protocolError('to our request', size);
  return answer;
}

type VersionRanges = ReadonlyMap<number, { min: number; max: number }>;

function readVersions(answer: ByteReader): VersionRanges {
  const ranges = new Map<number, { min: number; max: number }>();
  for (let left = answer.int32(); left > 0; left -= 1) {
    ranges.set(answer.int16(), { min: answer.int16(), max: answer.int16() });
  }
  return ranges;
}

function metadataVersion(ranges: VersionRanges): number | null {
  const range = ranges.get(API.metadata);
  if (range === undefined) throw new ProbeFailure('protocol-error', 'the broker has no Metadata request');
  const version = Math.min(range.max, METADATA_VERSIONS.max);
  return version < Math.max(range.min, METADATA_VERSIONS.min) ? null : version;
}

/** No topics (an empty array since version 1); none to be created (4), no list of permissions (8). */
function metadataBody(version: number): Buffer {
  const flags = version >= 8 ? [0, 0, 0] : version >= 4 ? [0] : [];
  return Buffer.concat([int32(0), Buffer.from(flags)]);
}

/** null when the broker closed instead, as it does before SASL. */
async function metadataAnswer(wire: Conversation): Promise<ByteReader | null> {
  try {
    return await readAnswer(wire, 2);
  } catch (error) {
    if (isClosedByPeer(error)) return null;
    throw error;
  }
}

function readMetadata(answer: ByteReader, version: number): ProbeFacts {
  if (version >= 3) answer.int32(); // throttle time
  const brokers = answer.int32();
  for (let left = brokers; left > 0; left -= 1) {
    answer.int32();
    readText(answer);
    answer.int32();
    readText(answer);
  }
  const cluster = version >= 2 ? readText(answer) : null;
  const controller = answer.int32();
  if (brokers <= 0) throw new ProbeFailure('not-ready', 'the broker knows no broker, not even itself');
  return { brokers, controller: controller < 0 ? null : controller, cluster };
}

/** A length of -1 is null. */
function readText(answer: ByteReader): string | null {
  const length = answer.int16();
  return length < 0 ? null : utf8(answer.bytes(length));
}
