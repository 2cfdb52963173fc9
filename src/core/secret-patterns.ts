/**
 * What a secret looks like. Every pattern is linear: it starts at a literal or at a token's first
 * character (a lookbehind forbids starting inside one) and its repeats are bounded or disjoint.
 */

/** Last part of a name whose value is a secret whatever it looks like. */
const SECRET_NAME_ENDINGS = [
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'pgpass',
  'secret',
  'secret[_-]?value',
  'api[_-]?key',
  'routing[_-]?key',
  'app[_-]?key',
  'auth[_-]?key',
  'access[_-]?key',
  'secret[_-]?key',
  'private[_-]?key',
  'account[_-]?key',
  'master[_-]?key',
  'signing[_-]?key',
  'encryption[_-]?key',
  'session[_-]?key',
  'x-functions-key',
  'subscription-key',
  'token',
  'credentials?',
  'authorization',
  'cookie',
  'session[_-]?id',
  'sess?id',
  'connect\\.sid',
  'signature',
  'cvv2?',
  'cvc',
  'otp',
];

/** Names that end like a secret and hold none: cursors, and identifiers that are public. */
const PUBLIC_NAMES = '(?:next[_-]?page|next|page|continuation|sync|cancellation)[_-]?token';

/** Matches a whole secret name in a larger pattern; what follows must be the closing quote or separator. */
export const SECRET_NAME = `(?!${PUBLIC_NAMES}\\b)[\\w.$-]{0,80}?(?:${SECRET_NAME_ENDINGS.join('|')})`;

/** Names that are secret in a query string only when their value looks opaque. */
export const QUERY_NAME = '(?:code|key|auth|state|hapikey|x-amz-credential)';

/** Names that are secret anywhere when their value looks opaque. */
export const OPAQUE_NAME = '(?:sig|session|sid|sess)';

/** Tokens that give themselves away by their form, alone in any text. */
const TOKEN_FORMS: readonly (readonly [name: string, form: string])[] = [
  ['AWS access key', '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}'],
  ['GitHub token', 'gh[pousr]_[A-Za-z0-9]{20,255}'],
  ['GitHub fine-grained token', 'github_pat_\\w{20,255}'],
  ['GitLab token', 'gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[\\w.-]{16,300}'],
  ['Slack token', 'xox[abceoprs]-[\\w.-]{10,300}'],
  ['Slack app token', 'xapp-\\d-[\\w-]{10,300}'],
  ['Stripe key', '(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,250}'],
  ['Stripe webhook secret', 'whsec_[A-Za-z0-9+/=]{16,100}'],
  ['Twilio key or account', '(?:SK|AC)[0-9a-f]{32}'],
  ['SendGrid key', 'SG\\.[\\w-]{16,64}\\.[\\w-]{16,64}'],
  ['Google API key', 'AIza[\\w-]{30,60}'],
  ['Google OAuth token', 'ya29\\.[\\w-]{20,2000}'],
  ['Google OAuth client secret', 'GOCSPX-[\\w-]{20,60}'],
  ['npm token', 'npm_[A-Za-z0-9]{30,60}'],
  ['PyPI token', 'pypi-[\\w-]{40,300}'],
  ['Docker token', 'dckr_(?:pat|oat)_[\\w-]{20,60}'],
  ['OpenAI-like key', 'sk-(?=[\\w-]{0,300}\\d)[\\w-]{20,300}'],
  ['Hugging Face token', 'hf_[A-Za-z0-9]{30,60}'],
  ['DigitalOcean token', 'do[opr]_v1_[0-9a-f]{64}'],
  ['Shopify token', 'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}'],
  ['Square token', 'sq0(?:atp|csp)-[\\w-]{20,60}'],
  ['Mailgun key', 'key-[0-9a-f]{32}'],
  ['Mailchimp key', '[0-9a-f]{32}-us\\d{1,2}'],
  ['Databricks token', 'dapi[0-9a-f]{32}'],
  ['Atlassian token', 'ATATT3[\\w=-]{20,300}'],
  ['Linear key', 'lin_api_[A-Za-z0-9]{20,60}'],
  ['Vault token', 'hv[sbr]\\.[\\w-]{20,300}'],
  ['Grafana token', 'gl(?:c|sa)_[\\w+/=]{20,400}'],
  ['New Relic key', 'NRAK-[A-Z0-9]{20,40}'],
  ['Telegram bot token', '\\d{8,10}:AA[\\w-]{30,40}'],
  ['age key', 'AGE-SECRET-KEY-1[0-9A-Z]{50,70}'],
  ['JSON web token', 'eyJ[\\w-]{8,8000}\\.[\\w-]{8,8000}(?:\\.[\\w-]{0,8000})?'],
];

export const TOKEN_PATTERN = new RegExp(
  `(?<![A-Za-z0-9_-])(?:bot)?(?:${TOKEN_FORMS.map(([, form]) => form).join('|')})(?![A-Za-z0-9_-])`,
  'g',
);

/** A private key block; one that was cut off is taken to the end. */
export const PRIVATE_KEY_PATTERN =
  /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----[^]*?(?:-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|$)/g;

/** Addresses that are themselves a permission to write; group 1 stays. */
export const WEBHOOK_PATTERN =
  /(\bhooks\.slack\.com\/(?:services|workflows|triggers)\/|\bdiscord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/|\bwebhook\.office\.com\/webhookb2\/|\bapi\.telegram\.org\/bot)[^\s"'<>\\]{4,500}/g;

/** `scheme://userinfo@`; group 1 stays. A password may hold `@`, and in the second form a raw `/`, `?` or `#`. */
export const USERINFO_PATTERN =
  /((?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,30}:\/\/)(?:[^\s/?#"'<>\\]{1,512}@|[^\s:/?#@"'<>[\\]{0,64}:(?!\d{1,5}(?:[/?#]|$))[^\s"'<>\\]{1,256}@)/gi;

/** 14 to 19 digits, single spaces or hyphens between groups. */
export const CARD_PATTERN = /(?<![\w.-])\d(?:[ -]?\d){13,18}(?![\w-]|\.\d)/g;

/** Networks by their first digits and lengths; without this one number in ten would pass for a card. */
export function isCardNumber(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  const known =
    /^(?:4(?:\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|35\d{14}|3[068]\d{12}|6(?:011|5\d\d|4[4-9]\d)\d{12}|62\d{14,17})$/;
  return known.test(digits) && luhnHolds(digits);
}

function luhnHolds(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
