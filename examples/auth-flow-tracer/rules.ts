import type { Rule } from 'rearguard';

const NAME = 'auth-flow-tracer';

export const RULES = {
  stepFailed: {
    id: `${NAME}/step-failed`,
    title: 'A step of a login flow fails',
    severity: 'critical',
    help: 'Visitors who go the same way cannot log in, stay logged in or log out. The condition says what refused them.',
    fix: 'Follow the condition: it names who refused, and the trace shows the step before.',
    examples: {
      reports: 'POST /login answers 500.',
      silent: 'A wrong password answers 401, as the step expects.',
    },
  },
  sessionNotRotated: {
    id: `${NAME}/session-not-rotated`,
    title: 'The session id stays the same at login',
    severity: 'high',
    help: 'Whoever planted a session id in a browser beforehand is logged in with its owner (session fixation, CWE-384).',
    fix: 'Make a new session id when the login succeeds.',
    examples: {
      reports: 'Cookie sid is A before and A after the login.',
      silent: 'Cookie sid is A before and B after the login.',
    },
  },
  cookieFlags: {
    id: `${NAME}/session-cookie-flags`,
    title: 'The session cookie lacks a protection',
    severity: 'medium',
    help: 'Without HttpOnly scripts can read it, without Secure it leaves over plain HTTP, without SameSite other sites can use it.',
    fix: 'Set HttpOnly, Secure (over HTTPS) and SameSite=Lax or Strict.',
    examples: {
      reports: 'Set-Cookie: sid=…; Path=/',
      silent: 'Set-Cookie: sid=…; Path=/; HttpOnly; Secure; SameSite=Lax',
    },
  },
  tokenLifetime: {
    id: `${NAME}/token-lifetime`,
    title: 'The access token lives too long, or nobody says how long',
    severity: 'medium',
    help: 'A token that leaks can be used until it ends. One whose end is not told cannot be renewed in time either.',
    fix: 'Hand out short-lived access tokens, say when they end, and renew them with a refresh token.',
    examples: { reports: 'A token that is valid for 30 days.', silent: 'A token that is valid for an hour.' },
  },
  replayAccepted: {
    id: `${NAME}/replay-accepted`,
    title: 'Credentials work after they should have ended',
    severity: 'high',
    help: 'A logout that leaves the session alive protects nobody; a refresh token that works twice cannot show that it was stolen (RFC 9700, section 4.14.2).',
    fix: 'End the session on the server at logout; accept each refresh token once.',
    examples: {
      reports: 'After the logout, GET /me with the old cookie answers 200.',
      silent: 'After the logout, GET /me with the old cookie answers 401.',
    },
  },
  credentialInUrl: {
    id: `${NAME}/credential-in-url`,
    title: 'A credential stands in a URL',
    severity: 'high',
    help: 'URLs end up in logs, histories and Referer headers (RFC 9700, section 4.3).',
    fix: 'Send it in a header, a cookie or a body.',
    examples: { reports: 'A redirect to /home?token=…', silent: 'A redirect to /home' },
  },
  slowStep: {
    id: `${NAME}/slow-step`,
    title: 'A step of a login flow is slow',
    severity: 'medium',
    help: 'Its 95th percentile over the runs is above `maxStepMs`. The slowest phase says where the time goes.',
    fix: 'Look at the slowest phase: the server (ttfb), the network (connect, tls) or the answer (transfer).',
    examples: { reports: 'p95 1,400 ms, objective 1,000 ms.', silent: 'p95 400 ms, objective 1,000 ms.' },
  },
} as const satisfies Record<string, Rule>;
