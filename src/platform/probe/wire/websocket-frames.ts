import { ProbeFailure } from '../failure.ts';
import type { ProbeCause } from '../types.ts';
import { uint16, utf8 } from './byte-reader.ts';
import type { Conversation } from './conversation.ts';
import { protocolError } from './protocol.ts';

/** RFC 6455, section 5.2. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const KNOWN_OPCODES: ReadonlySet<number> = new Set(Object.values(OPCODE));
/** Control frames carry no more (section 5.5). */
const MAX_CONTROL_BYTES = 125;

/** A final frame as clients send it: masked. The payload has at most 125 bytes. */
export function maskedFrame(opcode: number, payload: Uint8Array, random: () => number): Buffer {
  const mask = Buffer.from(Array.from({ length: 4 }, () => Math.floor(random() * 256)));
  const masked = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return Buffer.concat([Buffer.of(0x80 | opcode, 0x80 | payload.length), mask, masked]);
}

export function closeFrame(code: number, random: () => number): Buffer {
  return maskedFrame(OPCODE.close, uint16(code), random);
}

/** The opcode of the next frame. The payload of data is left unread; a close frame throws with what it says. */
export async function readFrameKind(wire: Conversation): Promise<number> {
  const head = await wire.read(2);
  const [first = 0, second = 0] = head;
  const opcode = first & 0x0f;
  const isMasked = (second & 0x80) !== 0;
  // Bits of extensions that were not agreed on, and masks from a server, fail the connection (section 5.1, 5.2).
  if ((first & 0x70) !== 0 || isMasked || !KNOWN_OPCODES.has(opcode)) {
    throw protocolError('a WebSocket frame', head);
  }
  if (opcode < OPCODE.close) return opcode;
  const length = second & 0x7f;
  if (length > MAX_CONTROL_BYTES) throw protocolError('a WebSocket frame', head);
  const payload = await wire.read(length);
  if (opcode === OPCODE.close) throw closed(payload);
  return opcode;
}

/** Close codes (section 7.4.1 and IANA's registry): going away, policy, internal error, restart, try again later, unauthorized, forbidden. */
const CAUSES: Readonly<Record<number, ProbeCause>> = {
  1001: 'not-ready',
  1008: 'auth-failed',
  1011: 'not-ready',
  1012: 'not-ready',
  1013: 'not-ready',
  3000: 'auth-failed',
  3003: 'auth-failed',
};

function closed(payload: Buffer): ProbeFailure {
  if (payload.length < 2) return new ProbeFailure('reset', 'the server closed the WebSocket without a code');
  const code = payload.readUInt16BE(0);
  const reason = utf8(payload.subarray(2));
  return new ProbeFailure(
    CAUSES[code] ?? 'protocol-error',
    `the server closed the WebSocket: ${code}${reason === '' ? '' : ` ${reason}`}`,
  );
}
