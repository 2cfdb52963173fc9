import { createRedactor, isSecretName, type Redactor, redactText, redactUrl } from '../../core/redact.ts';
import type { HttpProbePlan } from './types.ts';

/** Longest text of a backend that is passed on. */
const MAX_TEXT_LENGTH = 200;

/** Makes text from the other side fit to pass on: one line, no control characters, no secrets, at most 200 characters. */
export type Sanitizer = (text: string) => string;

/** Knows the plan's own secrets, for a backend may echo them. `laterSecrets` are those obtained on the way. */
export function createSanitizer(plan: HttpProbePlan, laterSecrets: () => readonly string[]): Sanitizer {
  let redactor: Redactor | undefined;
  return (text) => {
    redactor ??= createRedactor([...secretsOf(plan), ...laterSecrets()]);
    return sanitizeText(text, redactor.text);
  };
}

/** As above, for text that cannot hold a plan's secrets. */
export function sanitizeText(text: string, redact: (line: string) => string = redactText): string {
  const line = text
    // Enough to redact a secret that the cut would otherwise split.
    .slice(0, MAX_TEXT_LENGTH * 4)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim();
  const safe = redact(line);
  return safe.length > MAX_TEXT_LENGTH ? `${safe.slice(0, MAX_TEXT_LENGTH - 1)}…` : safe;
}

/** A URL for results and messages: without userinfo, fragment and secret query values. */
export function safeUrl(url: URL): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  bare.hash = '';
  return redactUrl(bare.href);
}

function secretsOf(plan: HttpProbePlan): string[] {
  const { auth } = plan;
  const secrets = Object.entries(plan.headers)
    .filter(([name]) => isSecretName(name))
    .map(([, value]) => value);
  if (auth?.kind === 'basic') secrets.push(auth.password);
  else if (auth?.kind === 'bearer') secrets.push(auth.token);
  else if (auth?.kind === 'oauth2-client-credentials') secrets.push(auth.clientSecret);
  else if (auth?.kind === 'aws-sigv4') secrets.push(auth.secretAccessKey, auth.sessionToken ?? '');
  if (URL.canParse(plan.url)) {
    const { username, password } = new URL(plan.url);
    secrets.push(decodeURIComponent(username), decodeURIComponent(password));
  }
  return secrets.filter((secret) => secret !== '');
}
