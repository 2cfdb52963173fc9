import type { Clock } from '../clock.ts';
import { type PhaseRecorder, recordPhases } from './phases.ts';
import type { ProbeHop, TlsSummary } from './types.ts';
import { safeUrl } from './untrusted-text.ts';

/** What a request's URL looks like in results. A watch sends the same one over and over, and redacting takes many patterns. */
const shownUrls = new WeakMap<URL, string>();

/** What is known so far of one request and its answer; filled in on the way, so that a failure keeps what was seen. */
export interface HopTrace {
  readonly url: URL;
  readonly phases: PhaseRecorder;
  address: string | null;
  httpVersion: string | null;
  status: number | null;
  /** Body bytes as they came, before decompression. */
  bytes: number;
  tls: TlsSummary | null;
  /** Work of our own that can wait until the request is on its way, so that it is not taken for the server's time. */
  whenSent: (() => void) | null;
}

/** `startMs` (monotonic) is where the first phase begins; now, when left out. */
export function startHop(url: URL, clock: Clock, startMs?: number): HopTrace {
  return {
    url,
    phases: recordPhases(clock, startMs),
    address: null,
    httpVersion: null,
    status: null,
    bytes: 0,
    tls: null,
    whenSent: null,
  };
}

export function finishHop(trace: HopTrace): ProbeHop {
  trace.phases.finish();
  return {
    url: shownUrl(trace.url),
    address: trace.address,
    httpVersion: trace.httpVersion,
    status: trace.status,
    ...trace.phases.result(),
    bytes: trace.bytes,
    tls: trace.tls,
  };
}

function shownUrl(url: URL): string {
  const known = shownUrls.get(url);
  if (known !== undefined) return known;
  const shown = safeUrl(url);
  shownUrls.set(url, shown);
  return shown;
}
