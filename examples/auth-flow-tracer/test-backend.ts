import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a backend can get wrong about logins; each is a switch of the test backend. */
export type LoginFault =
  | 'keeps-session'
  | 'no-flags'
  | 'logout-forgets-nothing'
  | 'refresh-reusable'
  | 'long-token'
  | 'token-in-url'
  | 'state-lost'
  | 'slow-login'
  | 'broken-login';

export interface TestBackend {
  url: string;
  faults: Set<LoginFault>;
  close(): Promise<void>;
}

export const USER = 'ann';
export const PASSWORD = 'correct horse battery';
const CLIENT = 'test-client';
export const REDIRECT_URI = 'http://client.test/callback';

/** A real backend on loopback with a login form and sessions in cookies, and an authorization server with refresh tokens. */
export async function startTestBackend(): Promise<TestBackend> {
  const faults = new Set<LoginFault>();
  const sessions = new Map<string, { user: string | null; csrf: string }>();
  const codes = new Map<string, string>();
  const accessTokens = new Set<string>();
  const refreshTokens = new Set<string>();
  const secret = (): string => randomBytes(16).toString('hex');

  function openSession(response: ServerResponse, user: string | null): { id: string; csrf: string } {
    const id = secret();
    const session = { user, csrf: secret() };
    sessions.set(id, session);
    const flags = faults.has('no-flags') ? '' : '; HttpOnly; SameSite=Lax';
    response.setHeader('set-cookie', `sid=${id}; Path=/${flags}`);
    return { id, csrf: session.csrf };
  }

  function handOut(response: ServerResponse): void {
    const [access, refresh] = [secret(), secret()];
    accessTokens.add(access);
    refreshTokens.add(refresh);
    const expires = faults.has('long-token') ? 30 * 86_400 : 3_600;
    json(response, 200, { access_token: access, refresh_token: refresh, expires_in: expires });
  }

  const routes: Record<string, (call: Parsed, response: ServerResponse) => void> = {
    'GET /login': ({ session: known }, response) => {
      const session = known ?? openSession(response, null);
      response.setHeader('content-type', 'text/html');
      response.end(loginPage('/login', { csrf: session.csrf }));
    },
    'POST /login': ({ form, sid, session }, response) => {
      if (faults.has('broken-login')) return json(response, 500, { message: 'the login is broken' });
      if (session === undefined || form.get('csrf') !== session.csrf) {
        return json(response, 403, { error: 'CSRF token mismatch' });
      }
      if (form.get('user') !== USER || form.get('password') !== PASSWORD) {
        response.setHeader('content-type', 'text/html');
        return response.end(loginPage('/login', { csrf: session.csrf })) as unknown as void;
      }
      let id = sid;
      if (faults.has('keeps-session')) session.user = USER;
      else {
        sessions.delete(sid);
        id = openSession(response, USER).id;
      }
      const location = faults.has('token-in-url') ? `/me?session=${id}` : '/me';
      response.writeHead(303, { location }).end();
    },
    'GET /me': ({ session, token }, response) => {
      if ((session === undefined || session.user === null) && !accessTokens.has(token))
        return json(response, 401, { message: 'log in first' });
      json(response, 200, { user: USER });
    },
    'POST /logout': ({ sid, token }, response) => {
      if (!faults.has('logout-forgets-nothing')) {
        sessions.delete(sid);
        accessTokens.delete(token);
      }
      response.setHeader('set-cookie', 'sid=; Path=/; Max-Age=0');
      response.writeHead(204).end();
    },
    'GET /authorize': ({ query }, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(loginPage('/authorize', Object.fromEntries(query)));
    },
    'POST /authorize': ({ form }, response) => {
      if (form.get('password') !== PASSWORD) {
        response.setHeader('content-type', 'text/html');
        return response.end(loginPage('/authorize', {})) as unknown as void;
      }
      const code = secret();
      codes.set(code, form.get('code_challenge') ?? '');
      const back = new URL(form.get('redirect_uri') ?? REDIRECT_URI);
      back.searchParams.set('code', code);
      back.searchParams.set('state', faults.has('state-lost') ? 'other' : (form.get('state') ?? ''));
      response.writeHead(302, { location: back.href }).end();
    },
    'POST /token': ({ form }, response) => {
      if (form.get('grant_type') === 'refresh_token') {
        const used = form.get('refresh_token') ?? '';
        if (!refreshTokens.has(used)) return json(response, 400, { error: 'invalid_grant' });
        if (!faults.has('refresh-reusable')) refreshTokens.delete(used);
        return handOut(response);
      }
      const challenge = codes.get(form.get('code') ?? '');
      codes.delete(form.get('code') ?? '');
      const proof = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      if (challenge !== proof || form.get('client_id') !== CLIENT) {
        return json(response, 400, { error: 'invalid_grant' });
      }
      handOut(response);
    },
  };

  const server = createServer((request, response) => {
    void parse(request, sessions).then((call) => {
      const route = routes[`${request.method} ${call.path}`];
      const answer = (): void => (route === undefined ? json(response, 404, {}) : route(call, response));
      const slow = faults.has('slow-login') && request.method === 'POST' && call.path === '/login';
      setTimeout(answer, slow ? 2_500 : 0);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Parsed {
  path: string;
  query: URLSearchParams;
  form: URLSearchParams;
  sid: string;
  session: { user: string | null; csrf: string } | undefined;
  token: string;
}

async function parse(
  request: IncomingMessage,
  sessions: ReadonlyMap<string, { user: string | null; csrf: string }>,
): Promise<Parsed> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  const url = new URL(request.url ?? '/', 'http://x');
  const sid = /(?:^|; )sid=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
  const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  return {
    path: url.pathname,
    query: url.searchParams,
    form: new URLSearchParams(body),
    sid,
    session: sessions.get(sid),
    token,
  };
}

function loginPage(action: string, hidden: Readonly<Record<string, string>>): string {
  const inputs = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${value.replaceAll('&', '&amp;')}">`,
  );
  return `<form method="post" action="${action}">${inputs.join('')}<input name="user"><input type="password" name="password"></form>`;
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** Two flows over this backend, as its config would have them. */
export const FLOWS = {
  form: {
    steps: [
      {
        kind: 'form',
        name: 'log in',
        page: '/login',
        path: '/login',
        fields: { user: USER, password: PASSWORD },
      },
      { kind: 'request', name: 'own page', path: '/me' },
      { kind: 'logout', name: 'log out', path: '/logout' },
      { kind: 'replay', name: 'old session', of: 'session', path: '/me' },
    ],
  },
  oauth: {
    steps: [
      {
        kind: 'oauth-code',
        name: 'authorize',
        authorizePath: '/authorize',
        tokenPath: '/token',
        clientId: CLIENT,
        redirectUri: REDIRECT_URI,
        login: { user: USER, password: PASSWORD },
      },
      { kind: 'request', name: 'own page', path: '/me' },
      { kind: 'refresh', name: 'refresh', path: '/token' },
      { kind: 'replay', name: 'old refresh token', of: 'refresh-token', path: '/token' },
    ],
  },
} as const;
