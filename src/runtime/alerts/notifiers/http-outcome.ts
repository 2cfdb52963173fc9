import { RearguardError, reasonOf } from '../../../core/errors.ts';
import { capText, oneLine } from '../../../core/text.ts';
import type { HttpAnswer, RequestOptions } from '../../../platform/http-client.ts';
import { type NotifierDeps, type SendOutcome, TRY_TIMEOUT_MS } from './notifier.ts';

/** One call to a receiver's API. */
export interface ApiCall {
  /** `Slack`, for errors: addresses hold secrets. */
  service: string;
  method?: NonNullable<RequestOptions['method']>;
  url: string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string goes as it is. */
  body?: unknown;
  /** What to check when it refuses: `Check \`webhook\`: ...`. */
  hint: string;
  signal: AbortSignal;
  maxBytes?: number;
  /** In-band errors of an answer with a status of 2xx; its text, or null when all is well. */
  refusalIn?: (answer: HttpAnswer) => string | null;
}

const MAX_ANSWER_BYTES = 1_024 * 1_024;
const MAX_QUOTED = 300;
/** A receiver may ask for patience, but one that asks for days would silence the notifier. */
const MAX_RETRY_AFTER_MS = 3_600_000;

export const DELIVERED: SendOutcome = { kind: 'delivered' };

/** Sends and judges; for receivers whose answer is not read. */
export async function deliver(deps: NotifierDeps, call: ApiCall): Promise<SendOutcome> {
  const result = await callApi(deps, call);
  return 'answer' in result ? DELIVERED : result.failure;
}

/** The answer of a success, or what to do about anything else. */
export async function callApi(
  deps: NotifierDeps,
  call: ApiCall,
): Promise<{ answer: HttpAnswer } | { failure: SendOutcome }> {
  let answer: HttpAnswer;
  try {
    answer = await deps.http.request(call.url, requestOptions(call));
  } catch (thrown) {
    return { failure: unreachable(deps, call.service, thrown) };
  }
  if (answer.status >= 200 && answer.status < 300) {
    const refusal = call.refusalIn?.(answer) ?? null;
    if (refusal === null) return { answer };
    return { failure: { kind: 'rejected', error: refused(deps, call, refusal) } };
  }
  return { failure: failureOf(deps, call, answer) };
}

/** The JSON object of a text, or an empty one: receivers also answer with plain text and pages of proxies. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function requestOptions({ method = 'POST', headers, body, signal, maxBytes }: ApiCall): RequestOptions {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return {
    method,
    headers: {
      'user-agent': 'rearguard',
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(text === undefined ? {} : { body: text }),
    timeoutMs: TRY_TIMEOUT_MS,
    maxBytes: maxBytes ?? MAX_ANSWER_BYTES,
    signal,
  };
}

function failureOf(deps: NotifierDeps, call: ApiCall, answer: HttpAnswer): SendOutcome {
  const { status } = answer;
  const said = `${status} ${oneLine(answer.text)}`;
  const afterMs = retryAfterMs(answer, deps.clock.wallMs());
  // GitHub says 403 for its rate limits, which is no refusal for good.
  const limited = status === 429 || (status === 403 && afterMs !== undefined);
  if (limited || status === 408 || status >= 500) {
    return {
      kind: 'retry',
      error: `${call.service} answered ${quote(deps, said)}`,
      ...(afterMs === undefined ? {} : { afterMs }),
    };
  }
  if (status >= 300 && status < 400) {
    return { kind: 'rejected', error: refused(deps, call, `${status}, a redirect`) };
  }
  return { kind: 'rejected', error: refused(deps, call, said) };
}

/** Retry-After in seconds or as a date; Discord and Telegram say it in the body; GitHub when its window ends. */
function retryAfterMs({ headers, text }: HttpAnswer, nowMs: number): number | undefined {
  const header = headers['retry-after'];
  const body = jsonObject(text);
  const parameters = body['parameters'] as { retry_after?: unknown } | null | undefined;
  const resetS = headers['x-ratelimit-remaining'] === '0' ? headers['x-ratelimit-reset'] : undefined;
  const candidates = [
    secondsToMs(body['retry_after']),
    secondsToMs(parameters?.retry_after),
    header === undefined
      ? Number.NaN
      : /^[\d.]+$/.test(header)
        ? secondsToMs(header)
        : Date.parse(header) - nowMs,
    resetS === undefined ? Number.NaN : secondsToMs(resetS) - nowMs,
  ];
  const found = candidates.find((ms) => Number.isFinite(ms));
  return found === undefined ? undefined : Math.min(Math.max(found, 0), MAX_RETRY_AFTER_MS);
}

function secondsToMs(seconds: unknown): number {
  return typeof seconds === 'number' || (typeof seconds === 'string' && seconds !== '')
    ? Number(seconds) * 1_000
    : Number.NaN;
}

function unreachable(deps: NotifierDeps, service: string, thrown: unknown): SendOutcome {
  const refusedByUs = thrown instanceof RearguardError && thrown.code === 'E_TARGET_REFUSED';
  const error = `${service}: ${quote(deps, reasonOf(thrown))}`;
  return { kind: refusedByUs ? 'rejected' : 'retry', error };
}

function refused(deps: NotifierDeps, { service, hint }: ApiCall, said: string): string {
  return `${service} refused it: ${quote(deps, said)}. ${hint}`;
}

/** What somebody else said, for an error. Redacted before it is cut: half a secret would not be known as one. */
export function quote({ redact }: Pick<NotifierDeps, 'redact'>, text: string): string {
  return capText(redact(oneLine(text)), MAX_QUOTED).replace(/[.\s]+$/, '');
}
