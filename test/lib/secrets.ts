/** A secret of a known form, made from its seed; the parts are joined here so that no scanner takes this file for a leak. */
export interface PlantedSecret {
  kind: string;
  value: string;
  /** Text a backend would show it in. */
  shown: string;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The same characters for the same seed, digits among them. */
function opaque(seed: number, length: number, alphabet: string = LETTERS): string {
  let state = seed * 7919 + 12_345;
  return Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return alphabet[Math.floor((state / 2_147_483_648) * alphabet.length)];
  }).join('');
}

const PRIVATE_KEY = ['PRIVATE', 'KEY'].join(' ');
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function secret(
  kind: string,
  value: string,
  shown: (value: string) => string = (text) => `leaked ${text} here`,
): PlantedSecret {
  return { kind, value, shown: shown(value) };
}

/** Thirty kinds: tokens told by their form, and values told by the name they stand under. */
export function plantedSecrets(): PlantedSecret[] {
  const jwt = [
    { alg: 'HS256', typ: 'JWT' },
    { sub: '1', name: 'planted' },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const named = (kind: string, seed: number, shown: (value: string) => string): PlantedSecret =>
    secret(kind, opaque(seed, 24), shown);
  return [
    secret('AWS access key', `AKIA${opaque(1, 16, UPPER)}`),
    named('AWS secret key', 2, (value) => `aws_secret_access_key=${value}`),
    secret('GitHub token', `ghp_${opaque(3, 36)}`),
    secret('GitHub fine-grained token', `github_pat_${opaque(4, 22)}_${opaque(5, 59)}`),
    secret('GitLab token', `glpat-${opaque(6, 20)}`),
    secret('Slack token', `xoxb-${opaque(7, 12, '123456789')}-${opaque(8, 24)}`),
    secret(
      'Slack webhook',
      `T${opaque(9, 8, UPPER)}/B${opaque(10, 8, UPPER)}/${opaque(11, 24)}`,
      (value) => `https://hooks.slack.com/services/${value}`,
    ),
    secret('Stripe key', `sk_live_${opaque(12, 24)}`),
    secret('Google API key', `AIza${opaque(13, 35)}`),
    secret('JSON web token', `${jwt}.${opaque(14, 43)}`),
    secret('private key', opaque(15, 64), (value) =>
      [`-----BEGIN ${PRIVATE_KEY}-----`, value, `-----END ${PRIVATE_KEY}-----`].join('\n'),
    ),
    secret('npm token', `npm_${opaque(16, 36)}`),
    secret('SendGrid key', `SG.${opaque(17, 22)}.${opaque(18, 43)}`),
    secret('PyPI token', `pypi-AgEIcHlwaS5vcmc${opaque(19, 60)}`),
    named('password in JSON', 20, (value) => JSON.stringify({ password: value })),
    named('password in JSON in JSON', 21, (value) =>
      JSON.stringify({ log: JSON.stringify({ password: value }) }),
    ),
    named('password in a form', 22, (value) => `user=ann&password=${value}&x=1`),
    named('password in YAML', 23, (value) => `db:\n  password: ${value}\n`),
    named('password in a database URL', 24, (value) => `postgres://shop:${value}@db.internal:5432/shop`),
    named('password in libpq keywords', 25, (value) => `host=db user=shop password=${value} dbname=shop`),
    named('API key in a query', 26, (value) => `GET /v1/items?api_key=${value}&page=2`),
    named('access token in a query', 27, (value) => `https://partner.example/cb?access_token=${value}`),
    named('client secret', 28, (value) => JSON.stringify({ client_secret: value })),
    named('bearer token', 29, (value) => `Authorization: Bearer ${value}`),
    secret(
      'basic credentials',
      Buffer.from(`ann:${opaque(30, 18)}`).toString('base64'),
      (value) => `Authorization: Basic ${value}`,
    ),
    named('session cookie', 31, (value) => `Set-Cookie: session=${value}; HttpOnly`),
    named('X-Api-Key header', 32, (value) => `X-Api-Key: ${value}`),
    named('command line flag', 33, (value) => `mysql --password ${value} -h db`),
    named('environment variable', 34, (value) => `DB_PASSWORD=${value}`),
    secret('card number', '4242424242424242'),
  ];
}
