import type { CommandContext, HttpTarget } from 'rearguard';
import type { Flow, Options, Take } from '../options.ts';
import { PHASE_NAMES, type PhaseName } from '../trace.ts';
import { type CookieJar, createCookieJar } from './cookies.ts';

const MAX_BODY_BYTES = 1_000_000;
const MAX_REDIRECTS = 10;

export interface Credentials {
  jar: CookieJar;
  accessToken: string | null;
  refreshToken: string | null;
  /** Epoch milliseconds at which the access token ends; null where nobody said. */
  tokenEndsAtMs: number | null;
}

export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  text: string;
  /** Path and query of the last request. */
  path: string;
}

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: { type: 'form'; fields: Readonly<Record<string, string>> } | { type: 'json'; value: unknown };
  /** Default: those the visitor has. */
  credentials?: Credentials;
}

/** As they are now, whatever happens to them later. */
export function copyOf(credentials: Credentials): Credentials {
  return { ...credentials, jar: credentials.jar.copy() };
}

/** Somebody who follows one flow once: what they hold, and what their requests cost. */
export interface Visitor {
  held: Credentials;
  /** As they were when the step sent name and password, after the pages that led there. */
  beforeLogin: Credentials | null;
  /** As they were before the last logout. */
  beforeLogout: Credentials | null;
  /** The refresh token that was exchanged last for a new one. */
  usedRefreshToken: string | null;
  /** Costs since the last call of this, and which credentials stood in URLs. */
  takeCosts(): Costs;
  /** One request with the visitor's cookies and token; cookies that come back are kept. */
  call(call: Call): Promise<Answer>;
  /** The same, and then wherever it leads within the target; null where redirects do not end. A redirect elsewhere is an answer. */
  follow(call: Call): Promise<Answer | null>;
  /** Where a redirect leads within the target; null for what is none, or leads away. */
  pathOf(answer: Answer): string | null;
  /** Takes what an answer hands out; false where an access token was asked for and is not there. */
  keep(body: unknown, take: Take): boolean;
  /** Keeps values out of everything that is shown or stored: what only a step knows of, like a code. */
  hide(values: readonly string[]): void;
}

export interface Costs {
  phases: Record<PhaseName, number | null>;
  requests: number;
  inUrl: string[];
}

export function createVisitor(ctx: CommandContext<Options>, target: HttpTarget, flow: Flow): Visitor {
  const baseUrl = new URL(target.baseUrl);
  let costs = noCosts();

  function hideHeld({ jar, accessToken, refreshToken }: Credentials): void {
    const values = [...jar.all().map(({ value }) => value), accessToken, refreshToken];
    ctx.secrets.hide(values.filter(isSecret));
  }

  function noteUrl(url: string, { jar, accessToken, refreshToken }: Credentials): void {
    const known: [string, string | null][] = [
      ...jar.all().map(({ name, value }): [string, string] => [`cookie ${name}`, value]),
      ['access token', accessToken],
      ['refresh token', refreshToken],
    ];
    const seen = known.filter(([, value]) => isSecret(value) && url.includes(encodeURIComponent(value)));
    costs.inUrl = [...new Set([...costs.inUrl, ...seen.map(([name]) => name)])].toSorted();
  }

  const visitor: Visitor = {
    held: { jar: createCookieJar(), accessToken: null, refreshToken: null, tokenEndsAtMs: null },
    beforeLogin: null,
    beforeLogout: null,
    usedRefreshToken: null,

    takeCosts() {
      const taken = costs;
      costs = noCosts();
      return taken;
    },

    async call({ method, path, headers = {}, body, credentials = visitor.held }) {
      const cookie = credentials.jar.header(path);
      const encoded = body === undefined ? undefined : encode(body);
      noteUrl(path, credentials);
      costs.requests += 1;
      const answer = await ctx.http.request(target.baseUrl.replace(/\/$/, '') + path, {
        method,
        timeoutMs: flow.timeoutMs,
        maxBytes: MAX_BODY_BYTES,
        signal: ctx.signal,
        headers: {
          ...withoutCredentials(target.headers),
          accept: 'application/json, text/html;q=0.9, */*;q=0.1',
          ...(credentials.accessToken === null ? {} : { authorization: `Bearer ${credentials.accessToken}` }),
          ...(cookie === undefined ? {} : { cookie }),
          ...(encoded === undefined ? {} : { 'content-type': encoded.type }),
          ...headers,
        },
        ...(encoded === undefined ? {} : { body: encoded.text }),
        ...(target.tls?.ca === undefined ? {} : { ca: target.tls.ca }),
      });
      for (const name of PHASE_NAMES) {
        const ms = answer.phases[name];
        if (ms !== null) costs.phases[name] = (costs.phases[name] ?? 0) + ms;
      }
      credentials.jar.store(answer.setCookies, ctx.clock.wallMs());
      hideHeld(credentials);
      noteUrl(answer.headers['location'] ?? '', credentials);
      return { status: answer.status, headers: answer.headers, text: answer.text, path };
    },

    async follow(call) {
      let answer = await visitor.call(call);
      for (let hop = 0; hop < MAX_REDIRECTS; hop += 1) {
        const next = visitor.pathOf(answer);
        if (next === null) return answer;
        const { credentials = visitor.held } = call;
        answer = await visitor.call({ method: 'GET', path: next, credentials });
      }
      return null;
    },

    pathOf({ status, headers, path }) {
      const location = headers['location'];
      if (status < 300 || status >= 400 || location === undefined) return null;
      const here = new URL(path, baseUrl);
      if (!URL.canParse(location, here.href)) return null;
      const url = new URL(location, here);
      return url.origin === baseUrl.origin ? url.pathname + url.search : null;
    },

    keep(body, { access, refresh, expiresAt, expiresIn }) {
      const token = textAt(body, access);
      const seconds = Number(valueAt(body, expiresIn) ?? Number.NaN);
      const at = Date.parse(textAt(body, expiresAt) ?? '');
      const written = Number.isNaN(at) ? null : at;
      visitor.held = {
        jar: visitor.held.jar,
        accessToken: token ?? visitor.held.accessToken,
        refreshToken: textAt(body, refresh) ?? visitor.held.refreshToken,
        tokenEndsAtMs: Number.isFinite(seconds)
          ? ctx.clock.wallMs() + seconds * 1_000
          : (written ?? (token === null ? null : endOfJwt(token))),
      };
      hideHeld(visitor.held);
      return access === undefined || token !== null;
    },

    hide: (values) => ctx.secrets.hide(values.filter(isSecret)),
  };
  return visitor;
}

/** Shorter values are flags like `theme=dark`: hiding them would blank out half of every report. */
function isSecret(value: string | null): value is string {
  return value !== null && value.length >= 8;
}

/** The flow logs in by itself: whoever the target's own headers are, they would hide what is wrong. */
function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(?:authorization|cookie)$/i.test(name)),
  );
}

function encode(body: NonNullable<Call['body']>): { type: string; text: string } {
  return body.type === 'json'
    ? { type: 'application/json', text: JSON.stringify(body.value) }
    : { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(body.fields).toString() };
}

/** A value by its dotted path, `data.items.0.token`. */
export function valueAt(body: unknown, path: string | undefined): unknown {
  if (path === undefined) return undefined;
  return path
    .split('.')
    .reduce<unknown>(
      (at, key) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, key)
          ? (at as Record<string, unknown>)[key]
          : undefined,
      body,
    );
}

function textAt(body: unknown, path: string | undefined): string | null {
  const value = valueAt(body, path);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** `exp` of a JSON Web Token (RFC 7519, section 4.1.4); null for any other token. Its signature is not ours to judge. */
function endOfJwt(token: string): number | null {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return null;
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { exp?: unknown };
    return typeof claims.exp === 'number' ? claims.exp * 1_000 : null;
  } catch {
    return null;
  }
}

function noCosts(): Costs {
  return {
    phases: { dns: null, connect: null, tls: null, request: null, ttfb: null, transfer: null },
    requests: 0,
    inUrl: [],
  };
}
