export interface PlantedSecret {
  kind: string;
  /** Of a record. */
  where: 'message' | 'field' | 'stack';
  /** Name of the field, where it stands in one. */
  field?: string;
  /** What is written into the log. */
  text: string;
  /** What must be found nowhere. */
  secret: string;
}

/** Put together when they are used, so that no scanner of secrets takes this file for a leak. */
const joined = (...parts: string[]): string => parts.join('');
const LETTERS = 'QxZkVwPnLmTrHsJdGfBcYtRe';
const MIXED = 'Zx9Kq2Lw7Rt4Yp1Mn6Bv3Cd8Fg5Hj0Ab';

/** Secrets and personal data, each in a value of its own, so that each can be looked for; some have no digit, as such words stay in the shape of a message. */
export const SECRETS: readonly PlantedSecret[] = [
  inMessage(
    'GitHub token',
    joined('gh', `p_${LETTERS}AbCdEfGhIjKl`),
    (value) => `push with ${value} refused`,
  ),
  inMessage('Stripe key', joined('sk', `_live_${MIXED}`), (value) => `stripe refused the key ${value}`),
  inMessage(
    'AWS access key',
    joined('AK', 'IAQWERTYUIOPASDFGH'),
    (value) => `sts: access key ${value} is not known`,
  ),
  inMessage(
    'Slack token',
    joined('xo', `xb-123456789012-${LETTERS}`),
    (value) => `slack.post with ${value} failed`,
  ),
  inMessage(
    'JWT',
    joined('ey', `JhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0NzExIn0.${LETTERS}`),
    (value) => `token ${value} has expired`,
  ),
  inMessage(
    'password in a URL',
    'correct-horse-Battery',
    (value) => `cannot reach postgres://shop:${value}@db.internal:5432/shop`,
  ),
  inMessage(
    'password by name',
    'trombone-Staple',
    (value) => `login refused password=${value} for the console`,
  ),
  inMessage(
    'bearer header',
    `${LETTERS}.${LETTERS}`,
    (value) => `upstream said 401 to Authorization: Bearer ${value}`,
  ),
  inMessage(
    'basic header',
    Buffer.from(`shop:${LETTERS}`).toString('base64'),
    (value) => `proxy said 407 to Proxy-Authorization: Basic ${value}`,
  ),
  inMessage(
    'cookie',
    'f00dcafeF00DCAFE',
    (value) => `bad request, headers were Cookie: theme=dark; cart=${value}`,
  ),
  inMessage('session id', 'qwertzuiopASDFGH', (value) => `no session for sessionid=${value} any more`),
  inMessage(
    'OAuth code',
    '4/0AX4XfWh-abcdEFGH1234',
    (value) => `callback failed at /oauth/callback?code=${value}&state=x`,
  ),
  inMessage('query parameter', 'zanzibarQuokka', (value) => `GET /v1/rates?api_key=${value}&page=2 gave 503`),
  inMessage(
    'secret with a zero-width character',
    joined('gh', `p_${LETTERS}ZZZZ\u200bYYYYYYYY`),
    (value) => `clone with ${value} refused`,
  ),
  inStack(
    'private key',
    `${LETTERS}${MIXED}`,
    (value) => `-----BEGIN PRIVATE KEY-----\n${value}\n-----END PRIVATE KEY-----`,
  ),
  inStack('token in a stack', joined('np', `m_${MIXED}0000`), (value) => `npm publish ${value}`),
  inField('password', 'password', 'Overboard-Lantern'),
  inField('API key', 'x-api-key', 'MarmaladeTangent'),
  inField('set-cookie', 'set-cookie', 'id=LanternMarmalade; Path=/'),
  inField('Google key', 'config', joined('AI', `za${MIXED}xyz`)),
  inField('client secret', 'client_secret', 'HalibutOverboard'),
  inField('session', 'connect.sid', 's%3ATangentHalibut.quokka'),
  inMessage('e-mail', 'anna.schmidt@example.com', (value) => `no mailbox for ${value} at the provider`),
  inField('e-mail', 'recipient', 'bernd.okafor+shop@example.org'),
  inField('e-mail as the user', 'user', 'carla.dubois@example.net'),
  inMessage('phone', '+44 20 7946 0958', (value) => `sms to ${value} was not delivered`),
  inField('phone', 'phone', '(415) 555-0132'),
  inMessage('card', '4111 1111 1111 1111', (value) => `issuer declined card ${value} for the order`),
  inField('card', 'pan', '5555555555554444'),
  inMessage('IBAN', 'DE89 3704 0044 0532 0130 00', (value) => `payout to ${value} came back`),
];

function inMessage(kind: string, secret: string, say: (value: string) => string): PlantedSecret {
  return { kind, where: 'message', text: say(secret), secret };
}

function inStack(kind: string, secret: string, say: (value: string) => string): PlantedSecret {
  return { kind, where: 'stack', text: say(secret), secret };
}

function inField(kind: string, field: string, secret: string): PlantedSecret {
  return { kind, where: 'field', field, text: secret, secret };
}

/** As it may be spelled where it was kept all the same: also without its spaces, and in pieces of its middle. */
export function spellingsOf({ secret }: PlantedSecret): string[] {
  const clean = secret.replaceAll('\u200b', '');
  const middle = clean.slice(Math.floor(clean.length / 4), Math.ceil((3 * clean.length) / 4));
  return [
    ...new Set([
      secret,
      clean,
      clean.replaceAll(' ', ''),
      encodeURIComponent(clean),
      ...(middle.length >= 8 ? [middle] : []),
    ]),
  ];
}
