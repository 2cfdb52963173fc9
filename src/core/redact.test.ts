import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, isSecretName, redactText, redactUrl } from './redact.ts';

/** Assembled at run time, so that no scanner takes this file for a leak. */
const join = (...parts: string[]) => parts.join('');
const HEX32 = '0123456789abcdef0123456789abcdef';
const LONG = 'Zx9Kq2Lw7Rt4Yp1Mn6Bv3Cd8Fg5Hj0Ab';

/** kind, text, what must be gone. */
const PLANTED: readonly (readonly [kind: string, text: string, secret: string])[] = [
  ['bearer header', `Authorization: Bearer ${LONG}`, LONG],
  ['bearer in prose', `sent bearer ${LONG} to upstream`, LONG],
  ['basic header', 'authorization: Basic c2hvcDpodW50ZXIy', 'c2hvcDpodW50ZXIy'],
  ['basic credentials', 'curl with Basic c2hvcDpodW50ZXIy', 'c2hvcDpodW50ZXIy'],
  ['digest header', 'Authorization: Digest username=bob, response=4f3a9', '4f3a9'],
  ['proxy header', 'Proxy-Authorization: Basic c2hvcDpodW50ZXIy', 'c2hvcDpodW50ZXIy'],
  ['header in JSON', '{"authorization":"Bearer abc"}', 'abc'],
  ['cookie', 'Cookie: theme=dark; cart=f00dcafe', 'f00dcafe'],
  ['set-cookie', 'set-cookie: id=f00dcafe; Path=/; HttpOnly', 'f00dcafe'],
  ['connect.sid', 'connect.sid=s%3Aabc.def', 's%3Aabc.def'],
  ['PHPSESSID', 'PHPSESSID=q1w2e3', 'q1w2e3'],
  ['sessionid', 'user=3 sessionid=q1w2e3 ok', 'q1w2e3'],
  ['session', `session=${LONG}`, LONG],
  ['postgres URL', 'connect postgres://shop:hunter2@db:5432/shop failed', 'hunter2'],
  ['password with @ and /', 'mysql://shop:p@s/s@db/shop', 'p@s/s'],
  ['amqp URL', 'amqp://guest:hunter2@mq//', 'hunter2'],
  ['token as user', `https://${LONG}@git.example/x.git`, LONG],
  ['AWS access key', join('id AK', 'IAIOSFODNN7EXAMPLE'), 'IOSFODNN7EXAMPLE'],
  ['AWS secret key', `aws_secret_access_key = ${LONG}/+12345678`, LONG],
  ['GitHub', join('gh', `p_${LONG}0000`), LONG],
  ['GitHub fine-grained', join('github', `_pat_${LONG}`), LONG],
  ['GitLab', join('gl', `pat-${LONG}`), LONG],
  ['Slack', join('xo', `xb-123456789012-${LONG}`), LONG],
  ['Stripe', join('sk', `_live_${LONG}`), LONG],
  ['Stripe webhook', join('wh', `sec_${LONG}`), LONG],
  ['Twilio', join('S', `K${HEX32}`), HEX32],
  ['SendGrid', join('S', `G.${LONG}.${LONG}`), LONG],
  ['Google API', join('AI', `za${LONG}123`), LONG],
  ['Google OAuth', join('ya', `29.${LONG}`), LONG],
  ['npm', join('np', `m_${LONG}0000`), LONG],
  ['OpenAI-like', join('s', `k-proj-${LONG}`), LONG],
  ['Hugging Face', join('h', `f_${LONG}`), LONG],
  ['Shopify', join('shp', `at_${HEX32}`), HEX32],
  ['Vault', join('hv', `s.${LONG}`), LONG],
  ['JWT', join('jwt eyJ', 'hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl end'), 'c2lnbmF0dXJl'],
  ['Telegram', `https://api.telegram.org/bot123456789:AA${LONG}x/send`, LONG],
  ['PEM', `-----BEGIN RSA PRIVATE KEY-----\n${LONG}\n-----END RSA PRIVATE KEY-----`, LONG],
  ['SSH key, cut off', `-----BEGIN OPENSSH PRIVATE KEY-----\n${LONG}`, LONG],
  ['PEM in JSON', `{"pem":"-----BEGIN PRIVATE KEY-----\\n${LONG}\\n-----END PRIVATE KEY-----\\n"}`, LONG],
  ['query password', '/login?user=bob&password=hunter2&x=1', 'hunter2'],
  ['query api_key', '/v1?api_key=q1w2e3', 'q1w2e3'],
  ['URL in a URL', 'redirect=https%3A%2F%2Fx.example%3Ftoken%3Dq1w2e3%26a%3D1', 'q1w2e3'],
  ['OAuth code', '/callback?code=4/0AX4XfWh-abcdEFGH1234&state=x', '4/0AX4XfWh-abcdEFGH1234'],
  ['OAuth form', `grant_type=refresh_token&refresh_token=q1w2e3&client_secret=hunter2`, 'hunter2'],
  ['JSON', '{"user":"bob","dbPassword": "hun\\"ter2","a":1}', 'ter2'],
  ['JSON number', '{"password":12345678}', '12345678'],
  ['JSON cut off', '{"password":"hunter2', 'hunter2'],
  ['JSON in JSON', '{"body":"{\\"password\\":\\"hunter2\\"}"}', 'hunter2'],
  ['quotes before a pair', 'say "hi": "password": "hunter2"', 'hunter2'],
  ['single quotes', "{'secret': 'hunter2'}", 'hunter2'],
  ['logfmt', 'level=info pwd=hunter2 msg="x"', 'hunter2'],
  ['logfmt quoted', 'password="hunter 2 3" msg=x', 'hunter 2 3'],
  ['YAML', 'password: hunter2', 'hunter2'],
  ['dotenv', 'STRIPE_SECRET=hunter2', 'hunter2'],
  ['libpq', "host=db user=shop password='hunt er2' dbname=shop", 'hunt er2'],
  ['ADO', 'Server=db;User Id=sa;Password=hunter2;', 'hunter2'],
  ['SQL literal', "ALTER USER shop SET password = 'hunter2'", 'hunter2'],
  ['Azure', `DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${LONG}==;`, LONG],
  ['Azure SAS', `https://x.blob.core.windows.net/c?sv=2024&sig=${LONG}`, LONG],
  ['Slack webhook', 'https://hooks.slack.com/services/T00/B00/XXXXX', 'T00/B00/XXXXX'],
  ['Discord webhook', 'https://discord.com/api/webhooks/123/abcDEF', '123/abcDEF'],
  ['x-api-key', 'X-Api-Key: q1w2e3', 'q1w2e3'],
  ['x-auth-token', 'x-auth-token: abcdef', 'abcdef'],
  ['flag', 'run --password hunter2 --verbose', 'hunter2'],
  ['card', 'paid with 4111 1111 1111 1111 today', '4111 1111 1111 1111'],
  ['card digits', '"card":"5555555555554444"', '5555555555554444'],
];

const ORDINARY = [
  'GET /api/products/{id} p95 412 ms (limit 200 ms)',
  'id 3f2b8c1e-9a4d-4c7e-8b21-0123456789ab, sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'health-3f9a1c20 0123456789abcdef0123456789abcdef',
  'commit 4c9c3b5d6e7f8091a2b3c4d5e6f708192a3b4c5d',
  'SELECT id, password_hash FROM users WHERE password = $1 AND token = ? AND secret IS NULL',
  "UPDATE orders SET state = 'paid' WHERE id = 4111111111111112",
  'https://shop.example/api/products?page=2&limit=20&sort=price',
  'http://[::1]:3000/@scope/package and http://localhost:3000/a@b',
  'https://registry.example/@types/node?x=1',
  'SyntaxError: Unexpected token: foo; Basic authentication, bearer tokens; password: must be longer',
  'if (token === undefined) return; tokens=512 max_tokens: 4096 secretary: Ann',
  'Set-Cookie: missing HttpOnly',
  'the error code=42P01, code=404, epoch 1795343186123, 1795343186123456',
  'nextPageToken=abc page_token=def',
  'POST /api/password: p95 412 ms, POST /oauth/token: 500abc, PUT /users/{id}/cookie: slow',
  'task-scheduler-worker-pool-with-a-long-name sk-toast-container-with-long-class',
  '2026-11-22T10:26:26.000Z 10.0.0.1:5432 00000000-0000-0000-0000-000000000000',
  'token=${API_TOKEN} password={password} secret=$SECRET',
];

describe('redactText', () => {
  it.each(PLANTED)('takes out: %s', (_kind, text, secret) => {
    const result = redactText(text);
    expect(result).toContain('[redacted]');
    expect(result).not.toContain(secret);
  });

  it.each(ORDINARY)('leaves alone: %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('keeps what stands around a secret', () => {
    expect(redactText('GET /login?user=bob&password=hunter2&x=1 (token=abc), 200')).toBe(
      'GET /login?user=bob&password=[redacted]&x=1 (token=[redacted]), 200',
    );
    expect(JSON.parse(redactText('{"password":"a\\"b","token":1,"n":2}'))).toEqual({
      password: '[redacted]',
      token: '[redacted]',
      n: 2,
    });
  });

  it('does nothing more the second time', () => {
    const pieces = fc.constantFrom(
      ...PLANTED.map(([, text]) => text),
      ...ORDINARY,
      ' ',
      '\n',
      '"',
      '\\',
      '&',
      ';',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 6 }), (parts) => {
        const once = redactText(parts.join(' '));
        expect(redactText(once)).toBe(once);
      }),
      { numRuns: 200 },
    );
  });

  it('finishes on text built to make a pattern backtrack', () => {
    const units = [
      'a',
      '-',
      'a-',
      '"',
      '\\"',
      'password',
      'password=',
      '"a":"',
      'eyJ',
      'http://a:',
      '://',
      '1 ',
      'bearer ',
      '%3D',
      'a.',
      "'",
      '-----BEGIN PRIVATE KEY-----',
      'cookie: ',
      'x@',
    ];
    for (const unit of units) expect(redactText(unit.repeat(20_000)).length).toBeGreaterThan(0);
  });
});

describe('redactUrl', () => {
  it('hides userinfo and secret query values, weak names included', () => {
    expect(redactUrl('https://bob:pw@x.example/a?code=123&Key=1&page=2#access_token=q')).toBe(
      'https://[redacted]@x.example/a?code=[redacted]&Key=[redacted]&page=2#access_token=[redacted]',
    );
  });
  it('leaves an ordinary URL as it is', () => {
    expect(redactUrl('http://127.0.0.1:3000/api/products/{id}?page=2')).toBe(
      'http://127.0.0.1:3000/api/products/{id}?page=2',
    );
  });
});

describe('isSecretName', () => {
  it.each([
    'password',
    'dbPassword',
    'X-API-Key',
    'set-cookie',
    'refresh_token',
    'connect.sid',
    'AccountKey',
  ])('%s is', (name) => {
    expect(isSecretName(name)).toBe(true);
  });
  it.each(['tokens', 'passwordPolicy', 'secretary', 'author', 'next_token', 'key', 'id'])(
    '%s is not',
    (name) => {
      expect(isSecretName(name)).toBe(false);
    },
  );
});

describe('createRedactor', () => {
  const secret = 'pä ss"w/ö+rd&<7>';

  it('finds a known secret in every spelling', () => {
    const { text } = createRedactor([secret]);
    const spellings = [
      secret,
      encodeURIComponent(secret),
      encodeURIComponent(secret).toLowerCase(),
      new URLSearchParams({ v: secret }).toString().slice(2),
      JSON.stringify(secret).slice(1, -1),
      JSON.stringify(JSON.stringify(secret)).slice(3, -3),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
    ];
    for (const spelling of spellings) expect(text(`<<${spelling}>>`)).toMatch(/^<<\[redacted\]=*>>$/);
  });

  it('finds it at any offset inside longer Base64', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 10, maxLength: 40 }),
        fc.uint8Array({ maxLength: 9 }),
        fc.uint8Array({ maxLength: 9 }),
        (known, before, after) => {
          const encoded = Buffer.concat([before, Buffer.from(known), after]).toString('base64');
          expect(createRedactor([known]).text(encoded)).toContain('[redacted]');
        },
      ),
    );
  });

  it('takes a short secret only where it stands alone, and ignores one too short to tell', () => {
    expect(createRedactor(['shop', 'ab']).text('shop workshop shopping ab /shop/')).toBe(
      '[redacted] workshop shopping ab /[redacted]/',
    );
  });

  it('walks values and keys and leaves everything else as it was', () => {
    const { deep } = createRedactor(['topclassified']);
    const value = {
      topclassified: 1,
      'x-api-key': 'q1',
      password: 12345,
      nothing: null,
      list: ['a topclassified', 2, true],
      header: { name: 'Cookie', value: 'plain' },
      reference: { token: { $env: 'API_TOKEN' } },
      cookies: { 'set-cookie': ['a', 'b'] },
      id: 'health-3f9a1c20',
    };
    expect(deep(value)).toEqual({
      '[redacted]': 1,
      'x-api-key': '[redacted]',
      password: '[redacted]',
      nothing: null,
      list: ['a [redacted]', 2, true],
      header: { name: 'Cookie', value: '[redacted]' },
      reference: { token: { $env: 'API_TOKEN' } },
      cookies: { 'set-cookie': ['[redacted]', '[redacted]'] },
      id: 'health-3f9a1c20',
    });
  });

  it('keeps two secret keys apart', () => {
    expect(
      Object.values(createRedactor(['aaaaaaaaa', 'bbbbbbbbb']).deep({ aaaaaaaaa: 1, bbbbbbbbb: 2 })),
    ).toEqual([1, 2]);
  });
});
