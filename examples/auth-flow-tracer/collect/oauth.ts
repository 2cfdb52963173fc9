import { createHash, randomBytes } from 'node:crypto';
import type { StepOf } from '../options.ts';
import type { Condition } from '../trace.ts';
import { condition, conditionOf } from './conditions.ts';
import { loginForm } from './page.ts';
import { type Answer, copyOf, type Visitor } from './visitor.ts';

const MAX_HOPS = 10;

interface Outcome {
  answer: Answer | null;
  condition: Condition | null;
}

/**
 * The authorization code flow (RFC 6749, section 4.1) with PKCE (RFC 7636) as a browser and its client go through it: the login form on
 * the way is filled in, the code is read from the redirect and exchanged.
 */
export async function authorizeWithCode(visitor: Visitor, step: StepOf<'oauth-code'>): Promise<Outcome> {
  const state = randomBytes(16).toString('base64url');
  const verifier = randomBytes(32).toString('base64url');
  visitor.hide([state, verifier]);
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: step.clientId,
    redirect_uri: step.redirectUri,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(step.scope === undefined ? {} : { scope: step.scope }),
  });
  const back = await untilRedirect(visitor, step, `${step.authorizePath}?${query.toString()}`);
  if (!(back instanceof URL)) return back;
  const error = back.searchParams.get('error');
  if (error !== null) return { answer: null, condition: condition('oauth-error', error) };
  if (back.searchParams.get('state') !== state)
    return { answer: null, condition: condition('state-mismatch') };
  const code = back.searchParams.get('code');
  if (code === null) return { answer: null, condition: condition('oauth-error', 'no code') };
  visitor.hide([code]);
  return exchange(visitor, step, { code, code_verifier: verifier });
}

/** Goes where the authorization server leads, through its login form, until it sends the visitor back to the client. */
async function untilRedirect(
  visitor: Visitor,
  step: StepOf<'oauth-code'>,
  start: string,
): Promise<URL | Outcome> {
  let answer = await visitor.call({ method: 'GET', path: start, headers: step.headers });
  let isFilledIn = false;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    const location = answer.headers['location'] ?? '';
    if (answer.status >= 300 && answer.status < 400 && isBackAt(step.redirectUri, location)) {
      return new URL(location);
    }
    const next = visitor.pathOf(answer);
    if (next !== null) {
      answer = await visitor.call({ method: 'GET', path: next });
      continue;
    }
    const form = answer.status === 200 ? loginForm(answer.text) : null;
    if (form === null) {
      const found = conditionOf(step, answer, false) ?? condition('oauth-error', 'no redirect and no form');
      return { answer, condition: found };
    }
    if (isFilledIn) return { answer, condition: condition('credentials-refused', 'the form came back') };
    isFilledIn = true;
    visitor.beforeLogin = copyOf(visitor.held);
    const { pathname, search } = new URL(form.action ?? answer.path, new URL(answer.path, 'http://x/'));
    const fields = { ...form.hidden, ...step.login };
    answer = await visitor.call({ method: 'POST', path: pathname + search, body: { type: 'form', fields } });
  }
  return { answer, condition: condition('redirect-loop') };
}

function isBackAt(redirectUri: string, location: string): boolean {
  if (!URL.canParse(location)) return false;
  const [wanted, is] = [new URL(redirectUri), new URL(location)];
  return is.origin === wanted.origin && is.pathname === wanted.pathname;
}

async function exchange(
  visitor: Visitor,
  step: StepOf<'oauth-code'>,
  proof: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const answer = await visitor.call({
    method: 'POST',
    path: step.tokenPath,
    body: {
      type: 'form',
      fields: {
        grant_type: 'authorization_code',
        redirect_uri: step.redirectUri,
        client_id: step.clientId,
        ...(step.clientSecret === undefined ? {} : { client_secret: step.clientSecret }),
        ...proof,
      },
    },
  });
  const refused = conditionOf(step, answer, false);
  if (refused !== null) return { answer, condition: refused };
  const take = { access: 'access_token', refresh: 'refresh_token', expiresIn: 'expires_in' };
  const found = visitor.keep(jsonOf(answer), take);
  return { answer, condition: found ? null : condition('no-token') };
}

export function jsonOf({ text }: Answer): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
