import { ProbeFailure } from '../failure.ts';
import { int32, readBytes } from './byte-reader.ts';

/** Values of grpc.health.v1.HealthCheckResponse.ServingStatus. */
const STATUS_NAMES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;
export type ServingStatus = (typeof STATUS_NAMES)[number];

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** HealthCheckRequest { string service = 1 }, length-prefixed as gRPC over HTTP/2 has it; an empty name is left out. */
export function healthCheckRequest(service: string): Buffer {
  const name = Buffer.from(service, 'utf8');
  const message =
    name.length === 0 ? name : Buffer.concat([Buffer.of((1 << 3) | BYTES), varint(name.length), name]);
  return Buffer.concat([Buffer.of(0), int32(message.length), message]);
}

/** HealthCheckResponse { ServingStatus status = 1 }; other fields are passed over, an absent one is its first value. */
export function servingStatus(body: Buffer): ServingStatus {
  const frame = readBytes(body);
  if (frame.uint8() !== 0) throw malformed('it is compressed, which was not offered');
  const message = frame.bytes(frame.uint32());
  let status = 0;
  for (let at = 0; at < message.length;) {
    const key = readVarint(message, at);
    const wireType = key.value & 7;
    at = key.next;
    if (wireType === VARINT) {
      const value = readVarint(message, at);
      if (key.value >> 3 === 1) status = value.value;
      at = value.next;
    } else if (wireType === BYTES) {
      const length = readVarint(message, at);
      at = length.next + length.value;
    } else if (wireType === FIXED64 || wireType === FIXED32) at += wireType === FIXED64 ? 8 : 4;
    else throw malformed('it is no protocol buffer');
  }
  return STATUS_NAMES[status] ?? 'UNKNOWN';
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}

function readVarint(bytes: Buffer, at: number): { value: number; next: number } {
  let value = 0;
  for (let index = at, factor = 1; index < at + 5; index += 1, factor *= 128) {
    const byte = bytes[index];
    if (byte === undefined) break;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return { value, next: index + 1 };
  }
  throw malformed('it is no protocol buffer');
}

function malformed(reason: string): ProbeFailure {
  return new ProbeFailure('protocol-error', `the answer to the health check cannot be read: ${reason}`);
}
