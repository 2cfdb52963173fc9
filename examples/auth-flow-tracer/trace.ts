/** What one pass through a flow saw. Plain data without a single secret in it: values are letters, in the order of their appearance. */

export interface FlowTrace {
  flow: string;
  startedAtMs: number;
  steps: StepTrace[];
}

export interface StepTrace {
  step: string;
  kind: string;
  /** `POST /api/auth/login`, queries without values. */
  request: string;
  /** Of the last answer; null without one. */
  status: number | null;
  /** Over all requests of the step. */
  totalMs: number;
  /** Milliseconds over all requests of the step; null for what did not happen. */
  phases: Record<PhaseName, number | null>;
  requests: number;
  /** Why it failed; null when it did what was expected. */
  condition: Condition | null;
  changes: CredentialChange[];
  /** Names of credentials that stood in a URL. */
  inUrl: string[];
}

export const PHASE_NAMES = ['dns', 'connect', 'tls', 'request', 'ttfb', 'transfer'] as const;
export type PhaseName = (typeof PHASE_NAMES)[number];

/** Error conditions by name, so that two runs, and two people, call the same thing the same. */
export const CONDITIONS = {
  timeout: 'no answer in time',
  unreachable: 'no connection',
  refused: 'the target is not one that may be called',
  'credentials-refused': 'name or password was refused',
  'csrf-refused': 'the form was refused: its anti-forgery token is missing or wrong',
  'rate-limited': 'too many attempts (429)',
  'locked-out': 'the account is locked (423)',
  'request-refused': 'the request was refused as malformed',
  'not-found': 'there is nothing at this path',
  'server-error': 'the server failed',
  'unexpected-status': 'a status that nobody expected',
  'session-lost': 'a request after the login was not recognised',
  'redirect-loop': 'too many redirects',
  'no-token': 'the answer has no token where one was expected',
  'expired-on-arrival': 'the token had ended when it came: clocks differ, or its lifetime is wrong',
  'nothing-to-use': 'an earlier step left nothing that this one could use',
  'oauth-error': 'the authorization server answered with an error',
  'state-mismatch': 'the state came back changed: the answer is not to our request',
  'replay-accepted': 'credentials that had ended were accepted',
} as const;
export type ConditionName = keyof typeof CONDITIONS;

export interface Condition {
  name: ConditionName;
  /** Words of the server, or a figure; null where the name says it all. Untrusted. */
  detail: string | null;
}

export interface CredentialChange {
  /** `cookie sid`, `access token`, `refresh token`. */
  credential: string;
  change: 'set' | 'rotated' | 'kept' | 'cleared';
  /** Letters that stand for the values: the same letter is the same value. */
  from: string | null;
  to: string | null;
  cookie: CookieFlags | null;
  /** Seconds it is valid from now on; null where that cannot be seen, or for a cookie that ends with the browser. */
  lifetimeS: number | null;
}

export interface CookieFlags {
  secure: boolean;
  httpOnly: boolean;
  sameSite: string | null;
}
