import type { WireAnswer, WireRequest } from './exchange.ts';
import { ProbeFailure } from './failure.ts';
import { safeUrl } from './untrusted-text.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Never sent to another origin than the one they were meant for. */
const CREDENTIAL_HEADERS = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'host',
  'x-amz-security-token',
]);

/** The request that follows a redirect, by RFC 9110 section 15.4; undefined when the answer does not redirect. */
export function redirectedRequest(request: WireRequest, answer: WireAnswer): WireRequest | undefined {
  const location = answer.headers.get('location');
  if (!REDIRECTS.has(answer.status) || location === undefined) return undefined;
  const url = targetOf(location, request.url);
  const rewritten = rewrite(request, answer.status);
  const dropped = url.origin === request.url.origin ? () => false : isCredential;
  return {
    ...rewritten,
    url,
    headers: Object.fromEntries(Object.entries(rewritten.headers).filter(([name]) => !dropped(name))),
  };
}

/** Two requests that would be answered alike: meeting one again means a circle. */
export function requestKey(request: WireRequest): string {
  return `${request.method} ${request.url.href}`;
}

function targetOf(location: string, base: URL): URL {
  if (!URL.canParse(location, base.href)) {
    throw new ProbeFailure('protocol-error', `redirected to something that is no URL: ${location}`);
  }
  const url = new URL(location, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ProbeFailure('protocol-error', `redirected to ${safeUrl(url)}, which is not HTTP`);
  }
  // A server does not get to choose credentials for us.
  url.username = '';
  url.password = '';
  if (url.hash === '') url.hash = base.hash;
  return url;
}

/** 303 always asks with GET; 301 and 302 turn POST into GET, as every client does; 307 and 308 change nothing. */
function rewrite(request: WireRequest, status: number): WireRequest {
  const toGet =
    (status === 303 && request.method !== 'HEAD') ||
    ((status === 301 || status === 302) && request.method === 'POST');
  if (!toGet || request.method === 'GET') return request;
  const headers = Object.entries(request.headers).filter(([name]) => !name.startsWith('content-'));
  return { ...request, method: 'GET', body: undefined, headers: Object.fromEntries(headers) };
}

function isCredential(name: string): boolean {
  return CREDENTIAL_HEADERS.has(name);
}
