import { formsOfSecret } from './secret-forms.ts';
import {
  CARD_PATTERN,
  isCardNumber,
  OPAQUE_NAME,
  PRIVATE_KEY_PATTERN,
  QUERY_NAME,
  SECRET_NAME,
  TOKEN_PATTERN,
  USERINFO_PATTERN,
  WEBHOOK_PATTERN,
} from './secret-patterns.ts';

/** Takes secrets out of text and values before anything is stored or shown. */
export interface Redactor {
  text: (text: string) => string;
  /** Every string of a JSON-like value, keys included, and whatever stands under a secret name. */
  deep: <T>(value: T) => T;
}

const REDACTED = '[redacted]';

/** Not a secret: a placeholder, a reference, an empty value, what was redacted before. */
const HARMLESS_VALUE =
  /^(?:\[(?:redacted|card|iban)\].*|\*+|\?|\$\d+|:\w+|@\w+|%s|\$?\{.*|\$[A-Z_]+|<.*|null|none|nil|undefined|true|false|\(.*|[a-z_.]+\(.*)$/i;

/** Words that follow `password:` in prose and messages. */
const PROSE =
  /^(?:must|is|was|are|not|cannot|required|invalid|expected|unexpected|missing|too|should|may|and|or|for|has|does|needs|expired|incorrect|wrong|failed|mismatch|empty|string|number|the|a|an)$/i;

const OPAQUE = /^(?=.*\d)(?=.*[A-Za-z])[\w+/=.%~:-]{16,}$/;

const flags = 'gi';
const START = '(?<![\\w.$-])';
const QUOTED = `"(?:[^"\\\\]|\\\\[^])*(?:"|$)|'(?:[^'\\\\]|\\\\[^])*(?:'|$)`;
const BARE = '[^\\s&;"\'\\\\]+';

/** `"password": "…"`, also single quotes and numbers; an unfinished string counts to its end. */
const QUOTED_PAIR = new RegExp(
  `((["'])${SECRET_NAME}\\2\\s{0,8}[:=]\\s{0,8})(${QUOTED}|-?\\d[\\d.]*)`,
  flags,
);
/** The same inside a string of JSON: `\"password\":\"…\"`, at any depth of escaping. */
const ESCAPED_PAIR = new RegExp(
  `(\\\\{1,15}"${SECRET_NAME}\\\\{1,15}"\\s{0,8}:\\s{0,8})(\\\\{1,15}"[^"\\\\]*|-?\\d[\\d.]*)`,
  flags,
);
/** Query strings, forms, logfmt, dotenv, libpq and ADO keywords; `%3D` for a URL inside a URL. */
const ASSIGNMENT = new RegExp(
  `(${START}${SECRET_NAME}(?:\\s{0,2}=\\s{0,2}|%3D))(?![=>~])(${QUOTED}|${BARE})`,
  flags,
);
/** YAML and headers; `POST /api/password: 500` is a path, not a name. */
const COLON_PAIR = new RegExp(
  `(?<!/)(${START}${SECRET_NAME}[ \\t]{0,2}:[ \\t]{0,4})(?![:=/])(${QUOTED}|${BARE})`,
  flags,
);
const WEAK_PAIR = new RegExp(
  `((?:(?:[?&]|%3F|%26)${QUERY_NAME}|${START}${OPAQUE_NAME})(?:=|%3D))([^\\s&;"'\\\\]+)`,
  flags,
);
const FLAG_PAIR = new RegExp(`((?<!\\S)--?${SECRET_NAME}[ \\t]+)(?!-)(${QUOTED}|${BARE})`, flags);
const CREDENTIAL_HEADER =
  /((?<![\w-])(?:proxy-)?authorization["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?:(?:basic|bearer|digest|token|apikey|negotiate|aws4-hmac-sha256)[ \t]{1,4})?)([^\r\n"'\\]+)/gi;
/** A cookie header goes as a whole: which of its values are harmless cannot be known. */
const COOKIE_HEADER =
  /((?<![\w-])(?:set-)?cookie2?[ \t]{0,4}:[ \t]{0,4})([^\r\n"'\\=]{1,200}=[^\r\n"'\\]*)/gi;
const BEARER = /(\bbearer[ \t]{1,4})([\w.~+/-]{8,8000}={0,2})(?!["=\w])/gi;
const BASIC = /(\bbasic[ \t]{1,4})([A-Za-z0-9+/]{6,4000}={0,2})(?![\w=])/gi;

const SECRET_NAME_ALONE = new RegExp(`^(?:${SECRET_NAME})$`, 'i');
const QUERY_SECRET_NAME = new RegExp(`^(?:${SECRET_NAME}|${QUERY_NAME}|${OPAQUE_NAME})$`, 'i');

/** Whether a key, header or parameter of this name holds a secret: `dbPassword`, `x-api-key`, `set-cookie`. */
export function isSecretName(name: string): boolean {
  return name.length <= 128 && SECRET_NAME_ALONE.test(name);
}

/** Takes every secret that shows itself by form or by name out of free text. Linear in its length; idempotent. */
export function redactText(text: string): string {
  return text
    .replace(PRIVATE_KEY_PATTERN, REDACTED)
    .replace(WEBHOOK_PATTERN, `$1${REDACTED}`)
    .replace(USERINFO_PATTERN, `$1${REDACTED}@`)
    .replace(CREDENTIAL_HEADER, hideCredential)
    .replace(COOKIE_HEADER, `$1${REDACTED}`)
    .replace(TOKEN_PATTERN, REDACTED)
    .replace(BEARER, (whole: string, head: string, value: string) =>
      /\d/.test(value) || value.length >= 24 ? head + REDACTED : whole,
    )
    .replace(BASIC, (whole: string, head: string, value: string) =>
      /^[\x20-\x7e]*:[\x20-\x7e]*$/.test(Buffer.from(value, 'base64').toString('latin1'))
        ? head + REDACTED
        : whole,
    )
    .replace(
      QUOTED_PAIR,
      (_: string, head: string, quote: string, value: string) => head + hideValue(value, quote),
    )
    .replace(ESCAPED_PAIR, hideEscaped)
    .replace(ASSIGNMENT, (_: string, head: string, value: string) => head + hideValue(value))
    .replace(COLON_PAIR, hideAfterColon)
    .replace(FLAG_PAIR, (_: string, head: string, value: string) => head + hideValue(value))
    .replace(WEAK_PAIR, (whole: string, head: string, value: string) =>
      OPAQUE.test(value) ? head + REDACTED : whole,
    )
    .replace(CARD_PATTERN, (digits) => (isCardNumber(digits) ? REDACTED : digits));
}

/** A URL without its userinfo, without the values of secret query parameters, and without tokens in its path. */
export function redactUrl(url: string): string {
  const query = url.replace(
    /([?&;#])([^=&;#?]{1,128})=([^&;#]+)/g,
    (whole, lead: string, name: string, value: string) =>
      QUERY_SECRET_NAME.test(decoded(name)) && !HARMLESS_VALUE.test(value)
        ? `${lead}${name}=${REDACTED}`
        : whole,
  );
  return redactText(query);
}

/**
 * A redactor that also knows the secrets of the configuration, and finds them raw, percent-encoded, in Base64 and
 * JSON-escaped. A secret shorter than four characters cannot be told from ordinary text and is left to the patterns.
 */
export function createRedactor(secretValues: readonly string[]): Redactor {
  const known = knownSecretPattern(secretValues);
  return redactorOf((source) => redactText(known === undefined ? source : source.replace(known, REDACTED)));
}

/** A redactor of values from one of text; secret names count in it, too. */
export function redactorOf(text: Redactor['text']): Redactor {
  return { text, deep: (value) => redactDeep(value, text) as typeof value };
}

/** A redactor that may learn more secrets while it is in use. */
export interface LearningRedactor extends Redactor {
  learn(secretValues: readonly string[]): void;
}

export function createLearningRedactor(secretValues: readonly string[]): LearningRedactor {
  const known = new Set(secretValues);
  let current = createRedactor(secretValues);
  return {
    text: (text) => current.text(text),
    deep: (value) => current.deep(value),
    learn(more) {
      const before = known.size;
      for (const value of more) known.add(value);
      if (known.size > before) current = createRedactor([...known]);
    },
  };
}

function redactDeep(value: unknown, text: (source: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((entry) => redactDeep(entry, text));
  if (value === null || typeof value !== 'object') return value;
  const named = value as { name?: unknown; key?: unknown };
  const holder = typeof named.name === 'string' ? named.name : named.key;
  const taken = new Set<string>();
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => {
      const secret =
        isSecretName(key) || (key === 'value' && typeof holder === 'string' && isSecretName(holder));
      return [freeKey(text(key), taken), secret ? redactNamed(entry, text) : redactDeep(entry, text)];
    }),
  );
}

/** What stands under a secret name; an object there is a reference or a schema, and is read as any other. */
function redactNamed(value: unknown, text: (source: string) => string): unknown {
  if (typeof value === 'number') return REDACTED;
  if (typeof value === 'string') return value === '' || HARMLESS_VALUE.test(value) ? value : REDACTED;
  if (Array.isArray(value)) return value.map((entry) => redactNamed(entry, text));
  return redactDeep(value, text);
}

/** Two keys that were secrets must not become one. */
function freeKey(key: string, taken: Set<string>): string {
  let free = key;
  for (let count = 2; taken.has(free); count += 1) free = `${key} ${count}`;
  taken.add(free);
  return free;
}

function knownSecretPattern(secretValues: readonly string[]): RegExp | undefined {
  const forms = new Set(secretValues.filter((value) => value.length >= 4).flatMap(formsOfSecret));
  if (forms.size === 0) return undefined;
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(literal).join('|'), 'g');
}

/** A short secret is often a word (`shop`); it counts only where it stands alone. */
function literal(form: string): string {
  const escaped = form.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  return form.length < 8 ? `(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])` : escaped;
}

function hideValue(value: string, quoteForNumbers = ''): string {
  if (/^-?\d[\d.]*$/.test(value) && /["']/.test(quoteForNumbers))
    return `${quoteForNumbers}${REDACTED}${quoteForNumbers}`;
  const quote = /^["']/.exec(value)?.[0] ?? '';
  const closed = quote !== '' && value.length > 1 && value.endsWith(quote);
  const inner = value.slice(quote.length, closed ? -1 : undefined);
  if (inner === '' || HARMLESS_VALUE.test(inner)) return value;
  const tail = quote === '' ? (/[)\]},.]+$/.exec(inner)?.[0] ?? '') : '';
  return quote + REDACTED + tail + (closed ? quote : '');
}

function hideEscaped(_: string, head: string, value: string): string {
  const quote = /^\\+"/.exec(value)?.[0] ?? '';
  const inner = value.slice(quote.length);
  return head + (inner === '' || HARMLESS_VALUE.test(inner) ? value : quote + REDACTED);
}

function hideAfterColon(whole: string, head: string, value: string): string {
  if (PROSE.test(value.replace(/[,.!]$/, ''))) return whole;
  // A cookie header has a pattern of its own, and "signature:" is ordinary prose.
  if (/(?:cookie|signature)\s*:/i.test(head) && !OPAQUE.test(value)) return whole;
  // "Unexpected token: foo" is a parser speaking; a token of its own is opaque.
  if (/(?:^|\s)token\s*:/i.test(head) && !/\d/.test(value) && value.length < 16) return whole;
  return head + hideValue(value);
}

function hideCredential(whole: string, head: string, value: string): string {
  return HARMLESS_VALUE.test(value) || PROSE.test(value.split(' ', 1)[0] ?? '') ? whole : head + REDACTED;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
