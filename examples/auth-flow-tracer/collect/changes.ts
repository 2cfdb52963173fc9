import type { CredentialChange } from '../trace.ts';
import type { Cookie } from './cookies.ts';
import type { Credentials } from './visitor.ts';

/** Letters in the place of values: whoever reads a trace sees what is the same and what is not, and nothing else. */
export function createLetters(): (value: string) => string {
  const letters = new Map<string, string>();
  return (value) => {
    const known = letters.get(value) ?? nameOf(letters.size);
    letters.set(value, known);
    return known;
  };
}

/** A, B, … Z, A2, B2, … */
function nameOf(index: number): string {
  const round = Math.floor(index / 26);
  return String.fromCodePoint(65 + (index % 26)) + (round === 0 ? '' : String(round + 1));
}

/** What a step did to the credentials of a visitor; cookies that never change are left out unless they look like a session. */
export function changesBetween(
  before: Credentials,
  after: Credentials,
  context: { letterOf: (value: string) => string; isSession: (name: string) => boolean; nowMs: number },
): CredentialChange[] {
  const { letterOf, nowMs } = context;
  const was = new Map(before.jar.all().map((cookie) => [cookie.name, cookie]));
  const is = new Map(after.jar.all().map((cookie) => [cookie.name, cookie]));
  const names = [...new Set([...was.keys(), ...is.keys()])].toSorted();
  const cookies = names.flatMap((name) => {
    const [from, to] = [was.get(name), is.get(name)];
    const change = kindOf(from?.value ?? null, to?.value ?? null);
    if (change === null || (change === 'kept' && !context.isSession(name))) return [];
    return [
      {
        credential: `cookie ${name}`,
        change,
        from: from === undefined ? null : letterOf(from.value),
        to: to === undefined ? null : letterOf(to.value),
        cookie: to === undefined ? null : flagsOf(to),
        lifetimeS: secondsLeft(to?.expiresAtMs ?? null, nowMs),
      },
    ];
  });
  const token = (
    credential: string,
    from: string | null,
    to: string | null,
    endsAtMs: number | null,
  ): CredentialChange[] => {
    const change = kindOf(from, to);
    // Unlike a session cookie, a token is meant to stay until it is renewed.
    if (change === null || change === 'kept') return [];
    return [
      {
        credential,
        change,
        from: from === null ? null : letterOf(from),
        to: to === null ? null : letterOf(to),
        cookie: null,
        lifetimeS: secondsLeft(endsAtMs, nowMs),
      },
    ];
  };
  return [
    ...cookies,
    ...token('access token', before.accessToken, after.accessToken, after.tokenEndsAtMs),
    ...token('refresh token', before.refreshToken, after.refreshToken, null),
  ];
}

function kindOf(from: string | null, to: string | null): CredentialChange['change'] | null {
  if (from === null) return to === null ? null : 'set';
  if (to === null) return 'cleared';
  return from === to ? 'kept' : 'rotated';
}

function flagsOf({ secure, httpOnly, sameSite }: Cookie): CredentialChange['cookie'] {
  return { secure, httpOnly, sameSite };
}

function secondsLeft(endsAtMs: number | null, nowMs: number): number | null {
  return endsAtMs === null ? null : Math.round((endsAtMs - nowMs) / 1_000);
}
