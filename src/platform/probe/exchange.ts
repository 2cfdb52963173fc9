import type { HopTrace } from './hop-trace.ts';
import type { StopSignal } from './stop-signal.ts';

/** One request as it goes on the wire. Header names are in lower case. */
export interface WireRequest {
  url: URL;
  method: string;
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
}

export interface WireAnswer {
  status: number;
  /** Names in lower case; repeated headers joined by a comma. */
  headers: ReadonlyMap<string, string>;
  /** The first bytes of the body, as they came. */
  body: Buffer;
  bodyTruncated: boolean;
}

export interface ExchangeOptions {
  /** Phases, status and bytes are written here as they happen. */
  trace: HopTrace;
  maxBodyBytes: number;
  signal: StopSignal;
}

/** One open connection that speaks HTTP. */
export interface HttpChannel {
  /** Sends the request and drains the answer; rejects with what the wire did, or the signal's reason. */
  exchange(request: WireRequest, options: ExchangeOptions): Promise<WireAnswer>;
  /** Whether a further request can go over the same connection. */
  isReusable(): boolean;
  destroy(): void;
}

export function headerMap(
  headers: Readonly<Record<string, string | string[] | number | undefined>>,
): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith(':')) continue;
    map.set(name.toLowerCase(), Array.isArray(value) ? value.join(', ') : String(value));
  }
  return map;
}
