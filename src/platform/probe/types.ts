import type { DnsServer } from '../dns/query.ts';

/**
 * The contract of an active HTTP check. A probe is data in and data out, so that it can cross to a
 * worker thread; everything secret in it is already resolved and never leaves in a result.
 */

/** What every plan has, whatever it speaks. */
export interface PlanBase {
  /** Stable id of the monitor this belongs to; comes back in the result. */
  id: string;
  /** One deadline over everything: queue, every connection, every hop. */
  timeoutMs: number;
  /** Fresh connections beside the first one that must fail too before the probe counts as failed; they share its deadline. Default 0. */
  confirmations?: number;
  /** Name servers to ask instead of the machine's own. */
  nameServers?: readonly DnsServer[];
}

/** One request to make, complete. */
export interface HttpProbePlan extends PlanBase {
  kind: 'http';
  url: string;
  method: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
  httpVersion: '1.1' | '2';
  /** How many redirects to follow; 0 reports the 3xx itself. */
  maxRedirects: number;
  auth?: ProbeAuth;
  tls?: TlsOptions;
  /** Forces IPv4 or IPv6; otherwise both are tried (RFC 8305). */
  addressFamily?: 4 | 6;
  /** `own`: our resolver sockets with a deadline; `system`: getaddrinfo, which can be held up by other names. */
  resolver: 'own' | 'system';
  /** A second request on the same connection, as its own series. */
  warm: boolean;
  assertions: readonly Assertion[];
  /** The body is always drained for timing; only this much is kept for assertions. */
  maxBodyBytes: number;
  /** Response headers to keep as facts, in lower case: `retry-after`, `sunset`. */
  captureHeaders?: readonly string[];
}

export type ProbeAuth =
  | { kind: 'basic'; username: string; password: string }
  | { kind: 'bearer'; token: string }
  /** The token is fetched outside the timed part and cached until shortly before it expires. */
  | {
      kind: 'oauth2-client-credentials';
      tokenUrl: string;
      clientId: string;
      clientSecret: string;
      scope?: string;
    }
  /** Signed anew for every probe; for S3 and what is compatible with it. */
  | {
      kind: 'aws-sigv4';
      accessKeyId: string;
      secretAccessKey: string;
      sessionToken?: string;
      region: string;
    };

export interface TlsOptions {
  /** PEM texts, not paths. `cert` and `key` make it mutual TLS. */
  ca?: string;
  cert?: string;
  key?: string;
  serverName?: string;
  /**
   * What of a certificate must be right; wire probes honour it. `full`, the default: issuer, dates and name; `issuer`: the
   * name may be another; `none`: encryption alone, as libpq's `sslmode=require` asks for. It is described in any case.
   */
  verify?: TlsVerification;
  /** false: plain text where a server that is asked for TLS offers none. Wire probes of postgres and mysql honour it. */
  required?: boolean;
}

export type TlsVerification = 'full' | 'issuer' | 'none';

export type PhaseName = 'queue' | 'dns' | 'connect' | 'tls' | 'request' | 'ttfb' | 'transfer';
export const PHASE_NAMES: readonly PhaseName[] = [
  'queue',
  'dns',
  'connect',
  'tls',
  'request',
  'ttfb',
  'transfer',
];

/** Milliseconds each phase took; null where the phase did not happen. They sum to the total. */
export type Phases = Readonly<Record<PhaseName, number | null>>;

export type Assertion =
  /** `200`, `2xx`, `200-204` */
  | { kind: 'status'; anyOf: readonly string[] }
  | { kind: 'header'; name: string; op: TextOperator; value?: string }
  | { kind: 'body'; op: TextOperator; value: string }
  /** RFC 9535; passes when any selected node satisfies it. */
  | { kind: 'json'; path: string; op: TextOperator | 'gt' | 'lt'; value?: unknown }
  | { kind: 'latency'; maxMs: number }
  | { kind: 'phase'; phase: PhaseName; maxMs: number };

export type TextOperator = 'equals' | 'contains' | 'matches' | 'exists' | 'absent';

/** Why a probe failed, from what it saw on the wire; one word per remedy. */
export type ProbeCause =
  | 'dns-not-found'
  | 'dns-timeout'
  | 'dns-failed'
  | 'refused'
  | 'connect-timeout'
  | 'unreachable'
  | 'reset'
  | 'tls-failed'
  | 'tls-timeout'
  /** The connection was accepted and no byte of an answer came. */
  | 'no-response'
  /** An answer began and did not end in time. */
  | 'body-timeout'
  | 'protocol-error'
  | 'too-many-redirects'
  | 'status-4xx'
  | 'status-5xx'
  | 'status-unexpected'
  | 'assertion'
  | 'auth-failed'
  /** It answers, and says that it cannot serve now: it is starting, loading, read-only or full. */
  | 'not-ready'
  | 'target-refused'
  | 'cancelled';

export interface CertificateSummary {
  subject: string;
  issuer: string;
  /** Epoch milliseconds. */
  notBeforeMs: number;
  notAfterMs: number;
  names: readonly string[];
  fingerprint256: string;
}

export interface TlsSummary {
  protocol: string;
  cipher: string;
  /** As served, leaf first. */
  chain: readonly CertificateSummary[];
  /** Reasons told apart, after RFC 5280 verification by OpenSSL; empty when the chain is trusted and the name fits. */
  problems: readonly TlsProblem[];
}

export type TlsProblem =
  | 'expired'
  | 'not-yet-valid'
  | 'name-mismatch'
  | 'unknown-issuer'
  | 'missing-intermediate'
  | 'self-signed'
  | 'weak-key'
  | 'revoked'
  | 'other';

/** One request and its answer; a redirect makes several. */
export interface ProbeHop {
  url: string;
  address: string | null;
  httpVersion: string | null;
  status: number | null;
  phases: Phases;
  totalMs: number;
  bytes: number;
  tls: TlsSummary | null;
}

export interface FailedAssertion {
  assertion: Assertion;
  /** What was found instead; text from the backend is redacted and capped. */
  actual: string;
}

/** One temperature of one probe: cold opens a connection, warm reuses it. */
export interface ProbeOutcome {
  success: boolean;
  cause: ProbeCause | null;
  /** One line for people; no secrets, no control characters. */
  message: string | null;
  status: number | null;
  /** Summed over hops. */
  phases: Phases;
  totalMs: number;
  hops: readonly ProbeHop[];
  failedAssertions: readonly FailedAssertion[];
  /** What the other side said about itself: its version, its role, a quota; redacted and capped. */
  facts: ProbeFacts;
}

export type ProbeFacts = Readonly<Record<string, string | number | boolean | null>>;

export interface ProbeResult {
  id: string;
  /** Wall clock, epoch milliseconds, for stamping only. */
  startedAtMs: number;
  cold: ProbeOutcome;
  warm: ProbeOutcome | null;
  /** Largest event-loop delay of our own process while this probe ran. */
  loopLagMs: number;
  /** Lag above 5 ms and above 10 % of the measurement: kept out of every verdict. */
  suspect: boolean;
  /** The failure that this result is the one retry of; null when the first attempt counts. */
  retryOf?: { cause: ProbeCause; message: string } | null;
  /** Fresh connections that were tried, for plans with confirmations. */
  attempts?: number;
}
