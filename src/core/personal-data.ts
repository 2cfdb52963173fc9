import { CARD_PATTERN, isCardNumber } from './secret-patterns.ts';
import { redactorOf, type Redactor } from './redact.ts';

/**
 * Personal data that shows itself by its form: addresses, numbers of phones, cards and accounts. Each becomes a placeholder that names its kind, so that
 * text stays readable. Names of people have no form and are not found. Every pattern is linear: it cannot start inside a word, and its repeats are bounded.
 */

/** Not the ends of domains, though they look like it: units of systemd, files. */
const NO_DOMAIN =
  '(?:service|socket|timer|mount|target|slice|scope|path|swap|js|mjs|cjs|ts|tsx|jsx|css|json|map|png|jpe?g|gif|svg|webp)';
const LOCAL_PART = '[\\p{L}\\p{N}_.+%-]{1,64}';
/** Also as URLs and JSON spell it. */
const AT = '(?:@|%40|\\\\u0040)';
const LABEL = '[\\p{L}\\p{N}-]{1,63}';
const EMAIL = new RegExp(
  `(?<![\\p{L}\\p{N}_.+%-])(?!git@)${LOCAL_PART}?${AT}(?:${LABEL}\\.){1,8}(?!${NO_DOMAIN}(?![\\p{L}\\p{N}-]))\\p{L}{2,24}(?![\\p{L}\\p{N}-])`,
  'giu',
);

/** `+44 20 7946 0958`, `+1 (415) 555-0132`: the digits are counted afterwards. */
const INTERNATIONAL_PHONE = /(?<![\w+.])\+[1-9](?:[ ./-]?\(?\d{1,14}\)?){1,10}(?![\w])/g;
/** Of North America, without its country. */
const NATIONAL_PHONE = /(?<![\w.+/-])(?:\(\d{3}\) ?|\d{3}[.-])\d{3}[.-]\d{4}(?![\w.-]*\d|-)/g;
/** Whatever stands under a name of that kind. */
const NAMED_PHONE =
  /(?<![a-z])((?:tele)?(?:phone|tel|mobile|msisdn|fax|cell)(?:[ _-]?(?:no|nr|number))?["'\\]{0,4}\s{0,4}[:=]\s{0,4}["'\\]{0,4})(\(?\+?\d[\d ()./-]{4,20}\d)(?![\w])/gi;

const IBAN_CANDIDATE = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}/g;
/** Of the registry of SWIFT: characters by country. */
const IBAN_LENGTHS = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 ' +
    'GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 ' +
    'PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** Takes e-mail addresses, phone numbers, card numbers and IBANs out of text: `[email]`, `[phone]`, `[card]`, `[iban]`. Linear; idempotent. */
export function hidePersonalData(text: string): string {
  return settled(text, (source) => hideContacts(hideAccounts(source)));
}

/**
 * A redactor that takes out personal data besides. Numbers of cards and accounts go first, as they need their whole form; contacts go last, since the
 * password of a URL may end like an address.
 */
export function withoutPersonalData(redactor: Redactor): Redactor {
  const once = (source: string): string => hideContacts(redactor.text(hideAccounts(source)));
  return redactorOf((text) => settled(text, once));
}

const MAX_PASSES = 5;

/** What stood close to something may show its form only once that is hidden. Nothing hidden is one pass. */
function settled(text: string, hide: (source: string) => string): string {
  let before = text;
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    const after = hide(before);
    if (after === before) break;
    before = after;
  }
  return before;
}

function hideAccounts(text: string): string {
  if (!/\d/.test(text)) return text;
  return text
    .replace(IBAN_CANDIDATE, hideIban)
    .replace(CARD_PATTERN, (digits) => (isCardNumber(digits) ? '[card]' : digits));
}

function hideContacts(text: string): string {
  const withoutEmails = /@|%40|\\u0040/.test(text) ? text.replace(EMAIL, '[email]') : text;
  if (!/\d/.test(withoutEmails)) return withoutEmails;
  return withoutEmails
    .replace(NAMED_PHONE, '$1[phone]')
    .replace(INTERNATIONAL_PHONE, (number) => (isPhoneNumber(number) ? '[phone]' : number))
    .replace(NATIONAL_PHONE, '[phone]');
}

/** E.164: at most 15 digits; fewer than 8 are an offset or a sum. */
function isPhoneNumber(number: string): boolean {
  const digits = number.replace(/\D/g, '').length;
  return digits >= 8 && digits <= 15;
}

/** What follows the last character of the account may belong to the next word. */
function hideIban(candidate: string): string {
  const length = IBAN_LENGTHS.get(candidate.slice(0, 2));
  if (length === undefined) return candidate;
  let at = 0;
  let account = '';
  while (at < candidate.length && account.length < length) {
    const char = candidate[at] ?? '';
    if (char !== ' ' && char !== '-') account += char;
    at += 1;
  }
  const isWhole = account.length === length && !/[A-Z0-9]/.test(candidate[at] ?? '');
  return isWhole && checksumHolds(account) ? `[iban]${candidate.slice(at)}` : candidate;
}

/** ISO 13616: rearranged and with letters as numbers, the remainder by 97 is 1. */
function checksumHolds(account: string): boolean {
  let remainder = 0;
  for (const char of account.slice(4) + account.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
