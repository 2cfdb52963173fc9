import type { Attempt } from './attempt.ts';
import type { PhaseName, ProbeCause } from './types.ts';

/** Failures that a lost packet or a moment's hiccup on the way can cause. */
const PASSING: ReadonlySet<ProbeCause> = new Set([
  'dns-timeout',
  'dns-failed',
  'connect-timeout',
  'unreachable',
  'reset',
]);
/** Methods that may be sent twice without harm (RFC 9110, section 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);
const BEFORE_REQUEST: ReadonlySet<PhaseName> = new Set(['dns', 'connect', 'tls']);

/** Whether one fresh attempt may follow: nothing of an answer came, and asking again cannot do anything twice. */
export function isRetryable(attempt: Attempt): boolean {
  const { failure, failedIn, hops } = attempt;
  if (failure === null || failedIn === null || failedIn === 'transfer' || !PASSING.has(failure.cause))
    return false;
  const nothingSent = hops.length === 1 && BEFORE_REQUEST.has(failedIn);
  return nothingSent || IDEMPOTENT.has(attempt.request.method);
}
