/** Numbers of RFC 9113; names as in its registries. */

export const CONNECTION_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

export const FRAME_HEADER_BYTES = 9;
/** Section 4.2: what every endpoint must take, and what we take, as we announce nothing else. */
export const MIN_MAX_FRAME_BYTES = 16_384;
/** Section 6.9.2: before SETTINGS say otherwise, and for the connection until WINDOW_UPDATE does. */
export const DEFAULT_WINDOW = 65_535;
export const MAX_WINDOW = 0x7f_ff_ff_ff;
export const MAX_STREAM_ID = 0x7f_ff_ff_ff;

/** Section 6. */
export const FRAME = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

export const FLAG = { END_STREAM: 0x1, ACK: 0x1, END_HEADERS: 0x4, PADDED: 0x8, PRIORITY: 0x20 } as const;

/** Section 6.5.2. */
export const SETTING = {
  HEADER_TABLE_SIZE: 1,
  ENABLE_PUSH: 2,
  MAX_CONCURRENT_STREAMS: 3,
  INITIAL_WINDOW_SIZE: 4,
  MAX_FRAME_SIZE: 5,
  MAX_HEADER_LIST_SIZE: 6,
} as const;

/** Section 7. */
export const ERROR = {
  NO_ERROR: 0,
  PROTOCOL_ERROR: 1,
  INTERNAL_ERROR: 2,
  FLOW_CONTROL_ERROR: 3,
  SETTINGS_TIMEOUT: 4,
  STREAM_CLOSED: 5,
  FRAME_SIZE_ERROR: 6,
  REFUSED_STREAM: 7,
  CANCEL: 8,
  COMPRESSION_ERROR: 9,
  CONNECT_ERROR: 10,
  ENHANCE_YOUR_CALM: 11,
  INADEQUATE_SECURITY: 12,
  HTTP_1_1_REQUIRED: 13,
} as const;

const ERROR_NAMES = new Map<number, string>(Object.entries(ERROR).map(([name, code]) => [code, name]));

export function errorName(code: number): string {
  return ERROR_NAMES.get(code) ?? `error ${code}`;
}

/** What a peer did against the protocol; ends the connection with GOAWAY of this code (section 5.4.1). */
export interface Violation {
  code: number;
  detail: string;
}

export function violation(code: number, detail: string): Violation {
  return { code, detail };
}
