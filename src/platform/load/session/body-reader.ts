import { decodeContent } from '../../content-coding.ts';
import type { WireResponse } from '../wire/types.ts';
import { createJsonMemory, type JsonMemory, parseRemembered, recallJson } from './json-memory.ts';

/**
 * The body of the response that is being judged, decoded and parsed once however many checks look at it. One reader serves a whole
 * worker: judging is synchronous, and nothing of a response is kept when it is over.
 */
export interface BodyReader {
  /** null: there is none, or it could not be decoded. */
  bytes(): Buffer | null;
  /** At most this many bytes of it as text: an own pattern is then tried on a bounded text. */
  text(): string | null;
  /** undefined: no JSON. */
  json(): unknown;
}

/** Patterns are tried on this much of a body, so that a bad one costs bounded time. */
export const MAX_PATTERN_BYTES = 262_144;
/** A few bytes may decode to gigabytes. */
const MAX_DECODED_BYTES = 16 * 2 ** 20;

/** `undefined` in a slot: not looked at yet. */
interface Slots {
  response: WireResponse | null;
  memory: JsonMemory;
  bytes: Buffer | null | undefined;
  text: string | null | undefined;
  json: unknown;
  parsed: boolean;
}

/** `memory` is that of the step whose response it is. */
export function createBodyReader(): BodyReader & { read(response: WireResponse, memory: JsonMemory): void } {
  const slots: Slots = {
    response: null,
    memory: createJsonMemory(),
    bytes: undefined,
    text: undefined,
    json: undefined,
    parsed: false,
  };
  const bytes = (): Buffer | null => (slots.bytes ??= decodedBody(slots.response));
  return {
    read(response, memory) {
      slots.response = response;
      slots.memory = memory;
      slots.bytes = undefined;
      slots.text = undefined;
      slots.json = undefined;
      slots.parsed = false;
    },
    bytes,
    text: () => (slots.text ??= bytes()?.toString('utf8', 0, MAX_PATTERN_BYTES) ?? null),
    json() {
      if (slots.parsed) return slots.json;
      slots.parsed = true;
      slots.json = jsonOf(slots, bytes);
      return slots.json;
    },
  };
}

/** Where the body is the one that the step saw last, no more is looked at than its bytes. */
function jsonOf({ response, memory }: Slots, decoded: () => Buffer | null): unknown {
  const { known } = memory;
  if (known !== null && response?.hasBody(known) === true && codingOf(response) === 'identity') {
    return recallJson(memory);
  }
  const bytes = decoded();
  return bytes === null ? undefined : parseRemembered(memory, bytes);
}

function codingOf(response: WireResponse): string {
  return response.header('content-encoding')?.toLowerCase() ?? 'identity';
}

function decodedBody(response: WireResponse | null): Buffer | null {
  const body = response?.body() ?? null;
  if (response === null || body === null || body.length === 0) return body;
  try {
    return decodeContent(body, codingOf(response), MAX_DECODED_BYTES);
  } catch {
    return null;
  }
}
