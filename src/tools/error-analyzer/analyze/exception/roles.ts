import type { Runtime, StackFrame } from '../../../_shared/logs/trace/types.ts';
import { frameName, moduleKey } from './functions.ts';

/**
 * Functions that say nothing about where a bug is: those that run what they were given (retry, timing, transactions, middleware), and those whose only work
 * is to throw. Known by their names, word by word.
 */
const PASS_THROUGH = new Set(
  (
    'retry retries retrying retryable wrap wrapped wrapper wrapping with around instrument instrumented traced tracing measure measured timed timing memoize memoized cached ' +
    'middleware interceptor intercept decorator decorated proxy transaction transactional catch guarded safely attempt limiter throttle throttled ' +
    'assert asserts invariant fail raise rethrow throw throws panic must abort inner next dispatch handler'
  ).split(' '),
);
/** Directories and files of code that many call. */
const SHARED = new Set(
  (
    'util utils utility utilities helper helpers common shared core lib libs support tools infra infrastructure http client clients db database sql query transport ' +
    'middleware middlewares logger logging kit base platform vendor internal validation validators repository repositories cache api-client httpclient'
  ).split(' '),
);

export function isPassThrough(name: string): boolean {
  const words = wordsOf(name.replace(/^.*[.:>#]/u, ''));
  return words.length > 0 && (PASS_THROUGH.has(words[0]!) || PASS_THROUGH.has(words.at(-1)!));
}

/** Whether code of this file or class is called from everywhere, so that its callers tell bugs apart. */
export function isShared(frame: StackFrame, runtime: Runtime): boolean {
  if (frame.module !== null && runtime !== 'go') {
    const parts = moduleKey(frame.module, runtime).split(/[.\\$+]/u);
    return parts.slice(-2).some(isSharedName);
  }
  const path = (runtime === 'go' && frame.module !== null ? frame.module : (frame.file ?? '')).replaceAll(
    '\\',
    '/',
  );
  const [directory = '', base = ''] = path.split('/').slice(-2);
  const isClassOfUtilities = isSharedName(
    frameName(frame, runtime)
      .split(/[.\\>]/u)
      .at(-2) ?? '',
  );
  return isSharedName(directory) || isSharedName(base.replace(/\..*$/u, '')) || isClassOfUtilities;
}

function isSharedName(name: string): boolean {
  const words = wordsOf(name);
  return SHARED.has(name.toLowerCase()) || (words.length > 1 && SHARED.has(words.at(-1)!));
}

/** `withRetry`, `with_retry`, `HTTPClient`: their words in lower case. */
function wordsOf(name: string): string[] {
  return name
    .replace(/(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/gu, ' ')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '');
}
