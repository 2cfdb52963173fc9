import { describe, expect, it, onTestFinished } from 'vitest';
import { installed } from '../../../test-support/debian-program.ts';
import { startNginx } from '../../../test-support/debian-servers.ts';
import { createLocalAuthority } from '../../../test-support/local-ca.ts';
import { openWire, type WireClient } from '../test-support/wire-client.ts';
import { HTTP2 } from './protocol.ts';

const LOCATIONS = `
  location = /hello { default_type text/plain; add_header set-cookie "a=1; Path=/"; return 200 "hello"; }
  location = /none { return 204; }
  location = /away { return 302 /hello; }
  location = /limited { client_max_body_size 1k; proxy_pass http://127.0.0.1:1; }`;

/** A way to open connections to an nginx of this test's own. */
async function serve(options: { secure: boolean; settings?: string }): Promise<() => Promise<WireClient>> {
  const authority = await createLocalAuthority();
  const identity = await authority.issue({ names: ['localhost'] });
  const nginx = await startNginx({
    files: { 'cert.pem': identity.certPem, 'key.pem': identity.keyPem, large: 'l'.repeat(2_000_000) },
    http({ port, directory }) {
      const tls = `ssl_certificate ${directory}/cert.pem; ssl_certificate_key ${directory}/key.pem;`;
      const listen = `listen 127.0.0.1:${port}${options.secure ? ' ssl' : ''} http2; ${options.secure ? tls : ''}`;
      return `${options.settings ?? ''} server { ${listen} root ${directory}; ${LOCATIONS} }`;
    },
  });
  onTestFinished(() => nginx.stop());
  return async () => {
    const client = await openWire(HTTP2, {
      port: nginx.port,
      authority: `localhost:${nginx.port}`,
      maxBodyBytes: 3_000_000,
      ...(options.secure ? { tls: { ca: authority.certPem } } : {}),
    });
    onTestFinished(() => client.connection.destroy());
    return client;
  };
}

describe.skipIf(!installed('nginx'))('HTTP/2 against nginx', () => {
  it.each([
    ['over TLS', true],
    ['in clear text', false],
  ])('takes all kinds of answers %s', async (_, secure) => {
    const client = await (await serve({ secure }))();
    const paths = ['/hello', '/none', '/away', '/absent', '/large'];
    const answers = await Promise.all(paths.map((path) => client.ask({ path })));
    expect(answers).toMatchObject([
      { status: 200, body: 'hello', contentType: 'text/plain', cookies: ['a=1; Path=/'] },
      { status: 204, body: '' },
      { status: 302 },
      { status: 404 },
      { status: 200, bodyBytes: 2_000_000, body: 'l'.repeat(2_000_000) },
    ]);
  });

  it('is told that a body is too large while it is being sent', async () => {
    const client = await (await serve({ secure: true }))();
    const refused = client.ask({ method: 'POST', path: '/limited', body: 'b'.repeat(500_000) });
    expect(await refused).toMatchObject({ status: 413 });
    expect(await client.ask({ path: '/hello' })).toMatchObject({ status: 200 });
  });

  it('loses nothing when the server ends connections after some requests', async () => {
    const open = await serve({ secure: true, settings: 'keepalive_requests 5;' });
    let left = 40;
    for (let connections = 0; left > 0 && connections < 40; connections += 1) {
      const client = await open();
      const answers = await Promise.all(
        Array.from({ length: Math.min(left, 12) }, () => client.ask({ path: '/hello' })),
      );
      expect(answers.filter((answer) => answer.kind === 'failure')).toEqual([]);
      left -= answers.filter((answer) => answer.kind === 'response').length;
    }
    expect(left).toBe(0);
  });
});
