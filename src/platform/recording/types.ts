import type { TlsOptions } from '../probe/types.ts';

/** Stands between clients on this machine and a server, passes everything through, and tells what was said. */
export interface TrafficRecorder {
  /** Throws E_TARGET_REFUSED before anything is sent, E_LISTEN where the port is taken. */
  start(options: RecordingOptions): Promise<Recording>;
}

export interface RecordingOptions {
  /** Where requests are passed on to. */
  baseUrl: string;
  tls?: TlsOptions;
  /** On loopback; 0: a free one. */
  port: number;
  /** Of each body; more of it is passed on and not kept. */
  maxBodyBytes: number;
  onExchange(exchange: RecordedTraffic): void;
}

export interface Recording {
  /** Where clients send their requests instead. */
  url: string;
  /** Ends connections; what was under way is cut off. */
  close(): Promise<void>;
}

/** One request and its answer. Names of fields are in lower case; all of it is untrusted. */
export interface RecordedTraffic {
  /** The same for requests of one client, as far as its address, user agent and our own cookie tell. */
  client: string;
  /** Wall clock, epoch milliseconds. */
  startMs: number;
  endMs: number;
  method: string;
  /** Path and query below the base URL. */
  path: string;
  headers: readonly (readonly [name: string, value: string])[];
  /** null where there was none, or more than was to be kept. */
  body: string | null;
  /** 0 where no answer came. */
  status: number;
  answerHeaders: readonly (readonly [name: string, value: string])[];
  /** Decoded; null where it was not kept. */
  answerBody: string | null;
}
