import type { WireRequest } from './exchange.ts';
import { ProbeFailure } from './failure.ts';
import { type AwsCredentials, signRequest } from './sigv4.ts';
import type { HttpProbePlan, ProbeAuth } from './types.ts';

/** Requests by plan; a plan is never changed, and a watch probes each of its own for as long as it runs. */
const requests = new WeakMap<HttpProbePlan, WireRequest>();

/** The plan's request. `bearerToken` is what OAuth2 gave, if the plan uses it; `nowMs` goes into signatures. */
export function firstRequest(
  plan: HttpProbePlan,
  bearerToken: string | undefined,
  nowMs: number,
): WireRequest {
  if (bearerToken !== undefined) return buildRequest(plan, bearerToken);
  if (plan.auth?.kind === 'aws-sigv4') return signed(plan, plan.auth, nowMs);
  const known = requests.get(plan);
  if (known !== undefined) return known;
  const request = buildRequest(plan, undefined);
  requests.set(plan, request);
  return request;
}

/** Of the headers, those that the plan itself sets are signed: they are what the server is to act on. */
function signed(plan: HttpProbePlan, credentials: AwsCredentials, nowMs: number): WireRequest {
  const request = buildRequest(plan, undefined);
  const own = new Set(Object.keys(plan.headers).map((name) => name.toLowerCase()));
  own.delete('authorization');
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => own.has(name)));
  const added = signRequest({ ...request, headers }, credentials, nowMs);
  return { ...request, headers: { ...request.headers, ...added } };
}

function buildRequest(plan: HttpProbePlan, bearerToken: string | undefined): WireRequest {
  if (!URL.canParse(plan.url)) throw new ProbeFailure('protocol-error', 'the URL cannot be parsed');
  const url = new URL(plan.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ProbeFailure('protocol-error', `${url.protocol.slice(0, -1)} is not HTTP`);
  }
  const userinfo =
    url.username === ''
      ? undefined
      : basic(decodeURIComponent(url.username), decodeURIComponent(url.password));
  const authorization = authorizationOf(plan.auth, bearerToken) ?? userinfo;
  url.username = '';
  url.password = '';
  return {
    url,
    method: plan.method.toUpperCase(),
    body: plan.body,
    headers: {
      accept: '*/*',
      'user-agent': 'rearguard',
      ...Object.fromEntries(Object.entries(plan.headers).map(([name, value]) => [name.toLowerCase(), value])),
      ...(authorization === undefined ? {} : { authorization }),
    },
  };
}

function authorizationOf(auth: ProbeAuth | undefined, bearerToken: string | undefined): string | undefined {
  switch (auth?.kind) {
    case 'basic':
      return basic(auth.username, auth.password);
    case 'bearer':
      return `Bearer ${auth.token}`;
    case 'oauth2-client-credentials':
      return bearerToken === undefined ? undefined : `Bearer ${bearerToken}`;
    default:
      return undefined;
  }
}

/** RFC 7617, in UTF-8. */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}
