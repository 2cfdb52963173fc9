import { type AttemptEnvironment, attemptChain } from './attempt.ts';
import { basic } from './auth.ts';
import { startDeadline } from './deadline.ts';
import { ProbeFailure } from './failure.ts';
import type { HttpProbePlan, ProbeAuth } from './types.ts';

type ClientCredentials = Extract<ProbeAuth, { kind: 'oauth2-client-credentials' }>;

interface Token {
  value: string;
  /** Monotonic; a new token is fetched from here on. */
  refreshAtMs: number;
}

/** Fetched this long before it expires, or at half its life when that is shorter. */
const REFRESH_MARGIN_MS = 30_000;
/** RFC 6749 leaves the life of a token open when the answer does not say it. */
const DEFAULT_LIFE_MS = 300_000;
const MAX_ANSWER_BYTES = 65_536;

/** Tokens of this process. A fetch under way is shared by every probe that waits for it. */
const tokens = new Map<string, Promise<Token>>();

/** The access token (RFC 6749, section 4.4), from the cache while it is fresh. Throws ProbeFailure `auth-failed`. */
export async function accessToken(
  auth: ClientCredentials,
  env: Omit<AttemptEnvironment, 'deadline'>,
  signal: AbortSignal | undefined,
): Promise<string> {
  const key = JSON.stringify([auth.tokenUrl, auth.clientId, auth.scope ?? null]);
  const cached = await tokens.get(key)?.catch(() => undefined);
  if (cached !== undefined && env.clock.monotonicMs() < cached.refreshAtMs) return cached.value;
  const fetched = fetchToken(auth, env, signal);
  tokens.set(key, fetched);
  try {
    return (await fetched).value;
  } catch (error) {
    if (tokens.get(key) === fetched) tokens.delete(key);
    throw error;
  }
}

/** For one that the server no longer takes. */
export function forgetToken(auth: ClientCredentials): void {
  tokens.delete(JSON.stringify([auth.tokenUrl, auth.clientId, auth.scope ?? null]));
}

async function fetchToken(
  auth: ClientCredentials,
  env: Omit<AttemptEnvironment, 'deadline'>,
  signal: AbortSignal | undefined,
): Promise<Token> {
  const plan: HttpProbePlan = {
    ...env.plan,
    url: auth.tokenUrl,
    method: 'POST',
    httpVersion: '1.1',
    maxRedirects: 0,
    maxBodyBytes: MAX_ANSWER_BYTES,
  };
  const deadline = startDeadline(env.clock, env.clock.monotonicMs() + plan.timeoutMs, signal);
  try {
    if (!URL.canParse(auth.tokenUrl)) throw refused('its URL cannot be parsed');
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (auth.scope !== undefined) form.set('scope', auth.scope);
    const request = {
      url: new URL(auth.tokenUrl),
      method: 'POST',
      body: form.toString(),
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        // RFC 6749, section 2.3.1: both parts form-encoded before they are joined.
        authorization: basic(encodeURIComponent(auth.clientId), encodeURIComponent(auth.clientSecret)),
      },
    };
    const attempt = await attemptChain(
      request,
      { ...env, plan, deadline },
      { intendedAtMs: undefined, phaseLimitMs: plan.timeoutMs },
    );
    attempt.channel?.destroy();
    if (attempt.failure !== null) throw refused(attempt.failure.message);
    const answer = attempt.answer;
    if (answer === null || answer.status !== 200) throw refused(`it answered ${answer?.status ?? 'nothing'}`);
    return parseToken(answer.body.toString('utf8'), env.clock.monotonicMs());
  } finally {
    deadline.stop();
  }
}

function parseToken(text: string, nowMs: number): Token {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refused('its answer is not JSON');
  }
  const { access_token: value, expires_in: lifeSeconds } = Object(parsed) as Record<string, unknown>;
  if (typeof value !== 'string' || value === '') throw refused('its answer has no access_token');
  const lifeMs = Number(lifeSeconds) > 0 ? Number(lifeSeconds) * 1_000 : DEFAULT_LIFE_MS;
  return { value, refreshAtMs: nowMs + Math.max(lifeMs / 2, lifeMs - REFRESH_MARGIN_MS) };
}

function refused(reason: string): ProbeFailure {
  return new ProbeFailure('auth-failed', `no access token: ${reason}`);
}
