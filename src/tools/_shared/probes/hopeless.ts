import type { ProbeCause } from '../../../platform/probe/types.ts';

/** No answer begins: probing on would tell nothing new, and hold or hammer the connections of who is already in trouble. */
export const HOPELESS: ReadonlySet<ProbeCause> = new Set([
  'no-response',
  'body-timeout',
  'refused',
  'unreachable',
  'connect-timeout',
  'tls-timeout',
  'tls-failed',
  'dns-not-found',
  'dns-failed',
  'dns-timeout',
  'target-refused',
  'auth-failed',
  'not-ready',
]);
