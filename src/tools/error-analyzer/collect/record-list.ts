const CHUNK = 1 << 16;
/** Groups take the lower bits. */
const GROUP_BITS = 17;
const MAX_STREAMS = 1 << (32 - GROUP_BITS);

/** Group and stream of each record, in 4 bytes; up to a cap. */
export interface RecordList {
  /** Hot. */
  add(group: number, stream: string): void;
  /** Records that are kept; those after them are not. */
  readonly size: number;
  readonly streams: readonly string[];
  group(record: number): number;
  /** Streams past the 32,768th are told as the last of these. */
  stream(record: number): string;
}

export function createRecordList(cap: number): RecordList {
  const chunks: Uint32Array[] = [];
  const streams: string[] = [];
  let size = 0;
  let lastStream = '';
  let streamIndex = -1;

  const packed = (record: number): number => chunks[Math.floor(record / CHUNK)]?.[record % CHUNK] ?? 0;

  return {
    add(group, stream) {
      if (size >= cap) return;
      if (streamIndex === -1 || stream !== lastStream) {
        streamIndex = streams.indexOf(stream);
        if (streamIndex === -1) streamIndex = Math.min(streams.push(stream), MAX_STREAMS) - 1;
        lastStream = stream;
      }
      if (size % CHUNK === 0) chunks.push(new Uint32Array(CHUNK));
      const chunk = chunks.at(-1);
      if (chunk === undefined) return;
      chunk[size % CHUNK] = ((streamIndex << GROUP_BITS) | group) >>> 0;
      size += 1;
    },
    get size() {
      return size;
    },
    streams,
    group: (record) => packed(record) & ((1 << GROUP_BITS) - 1),
    stream: (record) => streams[packed(record) >>> GROUP_BITS] ?? '',
  };
}
