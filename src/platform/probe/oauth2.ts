import { type AttemptEnvironment, attemptChain } from './attempt.ts';
import { basic } from './auth.ts';
import { Cancelled, startDeadline } from './deadline.ts';
import type { WireRequest } from './exchange.ts';
import { ProbeFailure } from './failure.ts';
import { onStop, type StopSignal } from './stop-signal.ts';
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

/** Tokens of this process, and the fetches under way: one serves every probe that waits for it. */
const tokens = new Map<string, Token>();
const fetches = new Map<string, Promise<Token>>();

type TokenEnvironment = Omit<AttemptEnvironment, 'deadline'>;

/** The access token (RFC 6749, section 4.4), from the cache while it is fresh. Throws ProbeFailure `auth-failed`. */
export async function accessToken(
  auth: ClientCredentials,
  env: TokenEnvironment,
  signal: StopSignal | undefined,
): Promise<string> {
  const key = cacheKey(auth);
  const cached = tokens.get(key);
  if (cached !== undefined && env.clock.monotonicMs() < cached.refreshAtMs) return cached.value;
  // It ends by its own deadline only: the probe that began it may be cancelled while others wait for it.
  const fetching = fetches.get(key) ?? startFetch(key, auth, env);
  const token = await Promise.race([
    fetching,
    ...(signal === undefined ? [] : [cancellation(signal, fetching)]),
  ]);
  return token.value;
}

/** For one that the server no longer takes. */
export function forgetToken(auth: ClientCredentials): void {
  tokens.delete(cacheKey(auth));
}

function cacheKey(auth: ClientCredentials): string {
  return JSON.stringify([auth.tokenUrl, auth.clientId, auth.scope ?? null]);
}

function startFetch(key: string, auth: ClientCredentials, env: TokenEnvironment): Promise<Token> {
  const fetching = fetchToken(auth, env)
    .then((token) => {
      tokens.set(key, token);
      return token;
    })
    .finally(() => fetches.delete(key));
  fetches.set(key, fetching);
  return fetching;
}

function cancellation(signal: StopSignal, until: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = (): void => reject(new Cancelled('cancelled'));
    const release = (): void => signal.removeEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    else onStop(signal, onAbort);
    void until.then(release, release);
  });
}

async function fetchToken(auth: ClientCredentials, env: TokenEnvironment): Promise<Token> {
  if (!URL.canParse(auth.tokenUrl)) throw refused('its URL cannot be parsed');
  const plan = tokenPlan(new URL(auth.tokenUrl), env.plan);
  const deadline = startDeadline(env.clock, env.clock.monotonicMs() + plan.timeoutMs);
  try {
    const attempt = await attemptChain(
      tokenRequest(auth),
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

/** Same trust and client certificate (RFC 8705); the expected name is the target's own. */
function tokenPlan(url: URL, plan: HttpProbePlan): HttpProbePlan {
  const { serverName, ...tls } = plan.tls ?? {};
  const sameOrigin = URL.canParse(plan.url) && new URL(plan.url).origin === url.origin;
  return {
    ...plan,
    url: url.href,
    httpVersion: '1.1',
    maxRedirects: 0,
    maxBodyBytes: MAX_ANSWER_BYTES,
    tls: sameOrigin && serverName !== undefined ? { ...tls, serverName } : tls,
  };
}

/** The request for a token. */
export function tokenRequest(auth: ClientCredentials): WireRequest {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (auth.scope !== undefined) form.set('scope', auth.scope);
  return {
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
}

/** What it answers. Throws ProbeFailure `auth-failed`. */
export function parseToken(text: string, nowMs: number): Token {
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
