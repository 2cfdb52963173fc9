import { FLAG, FRAME } from './constants.ts';
import { encodeFields, type Field } from './hpack/encode.ts';

/** Frames as a server sends them, right or wrong. */
export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array | string = '',
): Buffer {
  const content = Buffer.from(payload as string, 'latin1');
  const header = Buffer.alloc(9);
  header.writeUIntBE(content.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(streamId, 5);
  return Buffer.concat([header, content]);
}

export function settings(...entries: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(entries.length * 6);
  for (const [position, [id, value]] of entries.entries()) {
    payload.writeUInt16BE(id, position * 6);
    payload.writeUInt32BE(value, position * 6 + 2);
  }
  return frame(FRAME.SETTINGS, 0, 0, payload);
}

export function head(
  streamId: number,
  status: number,
  options: { fields?: readonly Field[]; end?: boolean } = {},
): Buffer {
  const block = encodeFields([[':status', String(status)], ...(options.fields ?? [])]);
  return frame(
    FRAME.HEADERS,
    FLAG.END_HEADERS | (options.end === true ? FLAG.END_STREAM : 0),
    streamId,
    block,
  );
}

export function trailers(streamId: number, fields: readonly Field[]): Buffer {
  return frame(FRAME.HEADERS, FLAG.END_HEADERS | FLAG.END_STREAM, streamId, encodeFields(fields));
}

export function data(
  streamId: number,
  content: string,
  options: { end?: boolean; padding?: number } = {},
): Buffer {
  const flags = options.end === true ? FLAG.END_STREAM : 0;
  const { padding } = options;
  if (padding === undefined) return frame(FRAME.DATA, flags, streamId, content);
  const padded = Buffer.concat([Buffer.of(padding), Buffer.from(content, 'latin1'), Buffer.alloc(padding)]);
  return frame(FRAME.DATA, flags | FLAG.PADDED, streamId, padded);
}

export function number(type: number, streamId: number, value: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(value);
  return frame(type, 0, streamId, payload);
}

export function goAway(lastStreamId: number, code: number): Buffer {
  const payload = Buffer.alloc(8);
  payload.writeUInt32BE(lastStreamId);
  payload.writeUInt32BE(code, 4);
  return frame(FRAME.GOAWAY, 0, 0, payload);
}
