import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { installed, type RunningProgram } from '../../test-support/debian-program.ts';
import { startMariadb } from '../../test-support/debian-servers.ts';
import { createLocalAuthority, type LocalAuthority } from '../../test-support/local-ca.ts';
import { type LocalServer, serveTcp } from '../../test-support/servers.ts';
import { runWire } from '../../test-support/wire.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeOutcome } from '../types.ts';
import { cachingSha2 } from './mysql-auth.ts';
import { packet } from './mysql-packets.ts';

const PROGRAM = 'mariadbd';
const LOGIN = { username: 'shop', password: 'pÄss wörd/16' };

describe.skipIf(!installed(PROGRAM))(`MariaDB (needs ${PROGRAM})`, () => {
  let server: RunningProgram;
  let authority: LocalAuthority;
  let directory: string;

  beforeAll(async () => {
    authority = await createLocalAuthority();
    const { certPem, keyPem } = await authority.issue();
    directory = await mkdtemp(join(tmpdir(), 'rearguard-mariadb-tls-'));
    const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
    // The server runs as somebody else.
    await writeFile(cert, certPem);
    await writeFile(key, keyPem);
    await chmod(directory, 0o755);
    server = await startMariadb({
      args: ['--max-connections=10', `--ssl-cert=${cert}`, `--ssl-key=${key}`],
      sql: [
        'CREATE DATABASE shop;',
        `CREATE USER shop@'%' IDENTIFIED BY '${LOGIN.password}' WITH MAX_USER_CONNECTIONS 2;`,
        "GRANT ALL ON shop.* TO shop@'%';",
        "CREATE USER nopass@'%';",
        "CREATE USER strict@'%' IDENTIFIED BY 'secret-of-strict' REQUIRE SSL;",
        "CREATE USER local@'%' IDENTIFIED VIA unix_socket;",
        '',
      ].join('\n'),
    });
  });
  afterAll(async () => {
    await server.stop();
    await rm(directory, { recursive: true });
  });
  const probe = (more: Partial<WirePlan> = {}): Promise<ProbeOutcome> => runWire('mysql', server.port, more);

  it('proves itself without credentials, and is not taken for a broken client', async () => {
    const outcome = await probe();
    expect(outcome).toMatchObject({ success: true, facts: { flavour: 'MariaDB', authenticated: false } });
    expect(outcome.facts['version']).toMatch(/^1\d\.\d+\.\d+-MariaDB/);
    expect(outcome.phases).toMatchObject({ tls: null });
  });

  it('lets in with a password, with a database, and with an empty password', async () => {
    const inside = { success: true, facts: { authenticated: true } };
    expect(await probe(LOGIN)).toMatchObject(inside);
    expect(await probe({ ...LOGIN, database: 'shop' })).toMatchObject(inside);
    expect(await probe({ username: 'nopass' })).toMatchObject(inside);
  });

  it('refuses a wrong password, a wrong database, and plain text where TLS is required', async () => {
    const wrong = await probe({ ...LOGIN, password: 'wrong-password' });
    expect(wrong).toMatchObject({ success: false, cause: 'auth-failed' });
    expect(wrong.message).toContain('1045');
    expect(await probe({ ...LOGIN, database: 'nowhere' })).toMatchObject({ cause: 'auth-failed' });
    const strict = { username: 'strict', password: 'secret-of-strict' };
    expect(await probe(strict)).toMatchObject({ cause: 'auth-failed' });
    const tls = { ca: authority.certPem };
    expect(await probe({ ...strict, encryption: 'starttls', tls })).toMatchObject({ success: true });
  });

  it('is asked for TLS in its own way, with the certificate checked', async () => {
    const outcome = await probe({ ...LOGIN, encryption: 'starttls', tls: { ca: authority.certPem } });
    expect(outcome).toMatchObject({ success: true, facts: { authenticated: true } });
    expect(outcome.hops[0]?.tls?.problems).toEqual([]);
    expect(await probe({ encryption: 'starttls' })).toMatchObject({ cause: 'tls-failed' });
  });

  it('goes on with a certificate that nobody verifies, and describes it', async () => {
    const outcome = await probe({ ...LOGIN, encryption: 'starttls', tls: { verify: 'none' } });
    expect(outcome).toMatchObject({ success: true, facts: { authenticated: true } });
    expect(outcome.hops[0]?.tls).toMatchObject({ problems: ['unknown-issuer'], chain: [{}] });
  });

  it('is spoken to in plain text where it offers no TLS and none is required', async () => {
    const bare = await startMariadb({
      args: ['--skip-ssl'],
      sql: `CREATE USER shop@'%' IDENTIFIED BY '${LOGIN.password}';\n`,
    });
    try {
      const ask = (tls: WirePlan['tls'] = {}): Promise<ProbeOutcome> =>
        runWire('mysql', bare.port, { ...LOGIN, encryption: 'starttls', tls });
      expect(await ask({ verify: 'none', required: false })).toMatchObject({
        success: true,
        facts: { authenticated: true },
      });
      expect(await ask({ verify: 'none' })).toMatchObject({ cause: 'tls-failed' });
    } finally {
      await bare.stop();
    }
  });

  it('is not ready when its connections are used up', async () => {
    // One more than `max-connections` is kept for administrators, who have to be known first.
    const sockets = Array.from({ length: 10 }, () => connect(server.port, '127.0.0.1'));
    await Promise.all(
      sockets.map((socket) =>
        once(
          socket.on('error', () => undefined),
          'data',
        ),
      ),
    );
    const outcome = await probe(LOGIN);
    for (const socket of sockets) socket.destroy();
    expect(outcome).toMatchObject({ success: false, cause: 'not-ready' });
    expect(outcome.message).toContain('1040');
  });

  it('is down when frozen, though the kernel goes on accepting', async () => {
    await server.freeze();
    expect(await probe({ timeoutMs: 300, confirmations: 2 })).toMatchObject({ cause: 'no-response' });
    server.thaw();
    expect(await probe({ ...LOGIN })).toMatchObject({ success: true });
  });
});

/** Protocol::HandshakeV10 of a MySQL 8, as its documentation lays it out. */
const NONCE = Buffer.from('abcdefghijklmnopqrst');
function greeting(plugin: string): Buffer {
  return packet(
    0,
    '\x0a8.4.3\0',
    Buffer.from([7, 0, 0, 0]),
    NONCE.subarray(0, 8),
    Buffer.from([0, 0xff, 0xf7, 0xff, 2, 0, 0xff, 0xdf, 21]),
    Buffer.alloc(10),
    NONCE.subarray(8),
    '\0',
    `${plugin}\0`,
  );
}

describe('the login of MySQL 8, by its documentation', () => {
  const open: LocalServer[] = [];
  afterEach(() => Promise.all(open.splice(0).map((server) => server.close())));

  /** Greets, and answers each packet of the client with the next. */
  async function serve(first: Buffer, ...answers: readonly ((got: Buffer) => Buffer)[]): Promise<number> {
    const server = await serveTcp((socket: Socket) => {
      socket.write(first);
      let at = 0;
      socket.on('data', (got: Buffer) => {
        const answer = answers[at++]?.(got);
        if (answer !== undefined) socket.write(answer);
      });
    });
    open.push(server);
    return server.port;
  }
  const ok = (): Buffer => packet(9, Buffer.from([0, 0, 0, 2, 0, 0, 0]));
  const fastOk = Buffer.from([1, 3]);
  const fullNeeded = Buffer.from([1, 4]);

  it('knows the password from the cache', async () => {
    const proof = cachingSha2(LOGIN.password, NONCE);
    const port = await serve(
      greeting('caching_sha2_password'),
      (got) =>
        Buffer.concat([packet(2, got.includes(proof) ? fastOk : fullNeeded), packet(3, Buffer.alloc(7))]),
      ok,
    );
    expect(await runWire('mysql', port, LOGIN)).toMatchObject({
      success: true,
      facts: { flavour: 'MySQL', version: '8.4.3', authenticated: true },
    });
  });

  it('is not told the password where everybody could read it', async () => {
    const port = await serve(greeting('caching_sha2_password'), () => packet(2, fullNeeded));
    expect(await runWire('mysql', port, LOGIN)).toMatchObject({
      success: true,
      facts: { authenticated: null },
    });
  });

  it('is told the password where nobody else can read it', async () => {
    const authority = await createLocalAuthority();
    const { certPem, keyPem } = await authority.issue();
    const front = createTlsServer({ cert: certPem, key: keyPem }, (socket) => {
      const answers = [packet(2, fullNeeded), ok(), ok()];
      socket.on('error', () => undefined).write(greeting('caching_sha2_password'));
      socket.on('data', (got: Buffer) => {
        const isRight = answers.length !== 2 || got.equals(packet(3, `${LOGIN.password}\0`));
        socket.write(isRight ? (answers.shift() ?? '') : packet(4, '\x7f'));
      });
    });
    await once(front.listen(0, '127.0.0.1'), 'listening');
    const { port } = front.address() as AddressInfo;
    const tls = { ca: authority.certPem };
    const outcome = await runWire('mysql', port, { ...LOGIN, encryption: 'implicit', tls });
    front.close();
    expect(outcome).toMatchObject({ success: true, facts: { authenticated: true } });
  });

  it('may change the plugin and the nonce', async () => {
    const other = Buffer.from('ABCDEFGHIJKLMNOPQRST');
    const proof = cachingSha2(LOGIN.password, other);
    const port = await serve(
      greeting('client_ed25519'),
      () => packet(2, Buffer.from([0xfe]), 'caching_sha2_password\0', other, '\0'),
      (got) => (got.includes(proof) ? Buffer.concat([packet(4, fastOk), packet(5, Buffer.alloc(7))]) : ok()),
      ok,
    );
    expect(await runWire('mysql', port, LOGIN)).toMatchObject({
      success: true,
      facts: { authenticated: true },
    });
  });

  it('may want a plugin that we do not speak', async () => {
    const port = await serve(greeting('client_ed25519'), () => packet(2, Buffer.from([0xfe]), 'dialog\0'));
    expect(await runWire('mysql', port, LOGIN)).toMatchObject({
      success: true,
      facts: { authenticated: null },
    });
  });

  it.each([
    [1040, 'Too many connections', 'not-ready'],
    [1129, "Host '10.0.0.1' is blocked because of many connection errors", 'auth-failed'],
    [1130, "Host '10.0.0.1' is not allowed to connect to this MySQL server", 'auth-failed'],
    [1053, 'Server shutdown in progress', 'not-ready'],
    [1105, 'Unknown error', 'protocol-error'],
  ])('error %i instead of a greeting', async (code, text, cause) => {
    const port = await serve(packet(0, Buffer.from([0xff, code & 0xff, code >> 8]), text));
    const outcome = await runWire('mysql', port);
    expect(outcome).toMatchObject({ success: false, cause });
    expect(outcome.message).toContain(text);
  });
});
