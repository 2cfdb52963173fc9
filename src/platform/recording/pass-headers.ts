/** Of one connection only (RFC 9110, section 7.6.1); the next one makes its own. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Tells clients apart that keep cookies; it is taken out before anything is passed on. */
const CLIENT_COOKIE = 'rearguard-recording';

type Fields = readonly (readonly [name: string, value: string])[];

/** Name and value, one after the other, as node:http gives them; names in lower case. */
export function fieldsOf(raw: readonly string[]): [string, string][] {
  const fields: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    fields.push([raw[index]!.toLowerCase(), raw[index + 1]!]);
  }
  return fields;
}

/** As node:http takes them: a list for names that occur several times. */
export function plainFields(fields: Fields): Record<string, string | string[]> {
  const plain: Record<string, string | string[]> = {};
  for (const [name, value] of fields) {
    const known = plain[name];
    plain[name] = known === undefined ? value : [known, value].flat();
  }
  return plain;
}

/** What of a request goes on: not what is of the connection, nor our own cookie; `origin` and `referer` as of the target itself. */
export function requestFields(fields: Fields, places: { own: string; target: URL }): [string, string][] {
  const named = connectionNames(fields);
  const passed: [string, string][] = [['host', places.target.host]];
  for (const [name, value] of fields) {
    if (HOP_BY_HOP.has(name) || named.has(name) || name === 'host') continue;
    if (name === 'cookie') {
      const cookies = value.split(/;\s*/).filter((cookie) => !cookie.startsWith(`${CLIENT_COOKIE}=`));
      if (cookies.length > 0) passed.push([name, cookies.join('; ')]);
    } else if (name === 'origin' || name === 'referer') {
      passed.push([name, value.replace(places.own, places.target.origin)]);
    } else passed.push([name, value]);
  }
  return passed;
}

/** What of an answer goes back: redirects lead to us, and cookies are for any host that asks for them, without TLS. */
export function answerFields(fields: Fields, places: { own: string; target: URL }): [string, string][] {
  const named = connectionNames(fields);
  const passed: [string, string][] = [];
  for (const [name, value] of fields) {
    if (HOP_BY_HOP.has(name) || named.has(name)) continue;
    if (name === 'set-cookie') passed.push([name, localCookie(value)]);
    else if (name === 'location' || name === 'content-location') {
      passed.push([name, value.replace(places.target.origin, places.own)]);
    } // A browser would go to the target by itself from then on.
    else if (name !== 'strict-transport-security') passed.push([name, value]);
  }
  return passed;
}

export function clientCookie(fields: Fields): string | undefined {
  const cookies = fields.filter(([name]) => name === 'cookie').map(([, value]) => value);
  return new RegExp(`(?:^|;\\s*)${CLIENT_COOKIE}=([\\w-]{1,40})`).exec(cookies.join(';'))?.[1];
}

export function clientCookieField(id: string): [string, string] {
  return ['set-cookie', `${CLIENT_COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax`];
}

function connectionNames(fields: Fields): Set<string> {
  const values = fields.filter(([name]) => name === 'connection').flatMap(([, value]) => value.split(','));
  return new Set(values.map((name) => name.trim().toLowerCase()));
}

function localCookie(value: string): string {
  const attributes = value.split(/;\s*/);
  return attributes
    .filter(
      (attribute, index) =>
        index === 0 || !/^(?:domain=|secure$|partitioned$|samesite=none$)/i.test(attribute),
    )
    .join('; ');
}
