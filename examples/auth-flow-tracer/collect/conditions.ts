import type { Step } from '../options.ts';
import type { Condition, ConditionName } from '../trace.ts';
import { asksForPassword } from './page.ts';
import type { Answer } from './visitor.ts';

const MAX_DETAIL = 160;

export function condition(name: ConditionName, detail: string | null = null): Condition {
  return { name, detail: detail === null ? null : detail.replace(/\s+/g, ' ').trim().slice(0, MAX_DETAIL) };
}

const EXPECTED: Readonly<Record<Step['kind'], readonly string[]>> = {
  request: ['2xx'],
  form: ['2xx', '3xx'],
  json: ['2xx'],
  'oauth-code': ['2xx'],
  refresh: ['2xx'],
  logout: ['2xx', '3xx'],
  // A page that sends whoever is not logged in to the login is a refusal, too.
  replay: ['400', '401', '403', '3xx'],
};

export function isExpected(step: Step, status: number): boolean {
  return (step.status ?? EXPECTED[step.kind]).some((wanted) =>
    wanted.endsWith('xx') ? wanted[0] === String(status)[0] : wanted === String(status),
  );
}

/** Why an answer is not what the step expected; null where it is. `isLoggedIn`: a login went before. */
export function conditionOf(step: Step, answer: Answer, isLoggedIn: boolean): Condition | null {
  const { status, text } = answer;
  const isLogin = step.kind === 'form' || step.kind === 'json' || step.kind === 'oauth-code';
  // A form that is shown again is how most pages refuse a password.
  if (step.kind === 'form' && status === 200 && step.status === undefined && asksForPassword(text)) {
    return condition('credentials-refused', 'the form came back');
  }
  if (isExpected(step, status)) return null;
  if (step.kind === 'replay') return condition('replay-accepted', `status ${status}`);
  if (status === 429) return condition('rate-limited', answer.headers['retry-after'] ?? null);
  if (status === 423) return condition('locked-out');
  if (status === 419 || (status === 403 && /csrf|xsrf|forgery/i.test(text))) return condition('csrf-refused');
  if (status === 401 || status === 403) {
    const name = isLogin || !isLoggedIn ? 'credentials-refused' : 'session-lost';
    return condition(name, messageIn(text));
  }
  if (status === 404) return condition('not-found');
  if (status === 400 || status === 415 || status === 422)
    return condition('request-refused', messageIn(text));
  if (status >= 500) return condition('server-error', messageIn(text) ?? `status ${status}`);
  return condition('unexpected-status', `status ${status}`);
}

/** What a JSON answer says of itself, in the places where APIs usually say it. */
function messageIn(text: string): string | null {
  try {
    const body = JSON.parse(text) as Record<string, unknown> | null;
    const words = [body?.['message'], body?.['error_description'], body?.['detail'], body?.['error']];
    return words.find((word): word is string => typeof word === 'string' && word !== '') ?? null;
  } catch {
    return null;
  }
}

/** What a call that brought no answer means; undefined for what is no condition of the flow. */
export function conditionOfError(error: unknown): Condition | undefined {
  const { code, message = '' } = (error ?? {}) as { code?: unknown; message?: string };
  if (code === 'E_TARGET_REFUSED') return condition('refused', message);
  if (code !== 'E_UNREACHABLE') return undefined;
  return condition(/time/i.test(message) ? 'timeout' : 'unreachable', message);
}
