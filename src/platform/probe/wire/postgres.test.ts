import { chown, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unprivilegedAccount } from '../../postgres/account.ts';
import { type RunningPostgres, startPostgres } from '../../postgres/embedded.ts';
import { createLocalAuthority, type LocalAuthority } from '../../test-support/local-ca.ts';
import { runWire } from '../../test-support/wire.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeOutcome } from '../types.ts';

const PASSWORD = 'pÄss wörd/16';
let server: RunningPostgres;
let authority: LocalAuthority;
const admin = (): Client => new Client({ connectionString: server.url });

beforeAll(async () => {
  server = await startPostgres({
    settings: { max_connections: '6', superuser_reserved_connections: '3', log_connections: 'all' },
  });
  authority = await createLocalAuthority();
  const { certPem, keyPem } = await authority.issue();
  const account = unprivilegedAccount();
  for (const [name, text] of Object.entries({ 'server.crt': certPem, 'server.key': keyPem })) {
    const path = join(server.directory, name);
    await writeFile(path, text, { mode: 0o600 });
    if (account) await chown(path, account.uid, account.gid);
  }
  await writeFile(
    join(server.directory, 'pg_hba.conf'),
    [
      'host all postgres,shop 127.0.0.1/32 scram-sha-256',
      'host all old 127.0.0.1/32 md5',
      'host all plain 127.0.0.1/32 password',
      'host all trusted 127.0.0.1/32 trust',
      'host all banned 127.0.0.1/32 reject',
    ].join('\n') + '\n',
  );
  const client = admin();
  await client.connect();
  for (const role of ['shop', 'plain', 'trusted', 'banned']) {
    await client.query(`create role ${role} login password '${PASSWORD}'`);
  }
  await client.query(`set password_encryption = 'md5'; create role old login password '${PASSWORD}'`);
  await client.query('create database shop');
  await client.query(`alter role trusted set default_transaction_read_only = on`);
  for (const [name, value] of [
    ['ssl_cert_file', join(server.directory, 'server.crt')],
    ['ssl_key_file', join(server.directory, 'server.key')],
    ['ssl', 'on'],
  ]) {
    await client.query(`alter system set ${name} = '${value}'`);
  }
  await client.query('select pg_reload_conf()');
  await client.end();
  // The postmaster reloads in its own time; the rule for `trusted` shows that it has.
  while (!(await probe({ username: 'trusted', database: 'shop' })).success);
});
afterAll(() => server.stop());

function probe(more: Partial<WirePlan> = {}): Promise<ProbeOutcome> {
  return runWire('postgres', server.port, more);
}

describe('PostgreSQL without TLS', () => {
  let plain: RunningPostgres;
  beforeAll(async () => {
    plain = await startPostgres();
  });
  afterAll(() => plain.stop());
  const ask = (tls: WirePlan['tls']): Promise<ProbeOutcome> => {
    const { username, password } = new URL(plain.url);
    const more = { username, password, ...(tls === undefined ? {} : { tls }) };
    return runWire('postgres', plain.port, { ...more, encryption: 'starttls' });
  };

  it('is asked first, and spoken to in plain text where TLS is not required', async () => {
    const outcome = await ask({ verify: 'none', required: false });
    expect(outcome).toMatchObject({ success: true, facts: { authenticated: true } });
    expect(outcome.hops[0]?.tls).toBeNull();
  });

  it('is refused where TLS is required', async () => {
    for (const tls of [undefined, {}, { verify: 'none' } as const]) {
      expect(await ask(tls)).toMatchObject({
        cause: 'tls-failed',
        message: 'the server offers no TLS',
      });
    }
  });
});

describe('PostgreSQL', () => {
  it.each(['shop', 'old', 'plain', 'trusted'])(
    'lets %s in by its kind of authentication',
    async (username) => {
      const outcome = await probe({ username, password: PASSWORD, database: 'shop' });
      expect(outcome).toMatchObject({
        success: true,
        facts: { authenticated: true, standby: false, readOnly: username === 'trusted' },
      });
      expect(outcome.facts['version']).toMatch(/^\d+\.\d+/);
      expect(outcome.phases).toMatchObject({ tls: null, dns: null });
      expect(outcome.phases.ttfb).not.toBeNull();
    },
  );

  it.each(['shop', 'old', 'plain'])('refuses a wrong password of %s', async (username) => {
    const outcome = await probe({ username, password: 'wrong-password', database: 'shop' });
    expect(outcome).toMatchObject({ success: false, cause: 'auth-failed' });
    expect(outcome.message).toContain('28P01');
    expect(outcome.message).not.toContain('wrong-password');
  });

  it('tells an unknown database, and a host that may not come', async () => {
    const unknown = await probe({ username: 'shop', password: PASSWORD, database: 'nowhere' });
    expect(unknown).toMatchObject({ cause: 'auth-failed' });
    expect(unknown.message).toContain('3D000');
    expect(await probe({ username: 'banned', password: PASSWORD })).toMatchObject({ cause: 'auth-failed' });
  });

  it('is up without credentials when it asks for some', async () => {
    expect(await probe()).toMatchObject({ success: true, facts: { authenticated: false } });
    expect(await probe({ username: 'shop' })).toMatchObject({
      success: true,
      facts: { authenticated: false },
    });
  });

  it('is asked for TLS in its own way, with the certificate checked', async () => {
    const login = { username: 'shop', password: PASSWORD, database: 'shop', encryption: 'starttls' } as const;
    const outcome = await probe({ ...login, tls: { ca: authority.certPem } });
    expect(outcome).toMatchObject({ success: true, facts: { authenticated: true } });
    expect(outcome.phases.tls).not.toBeNull();
    expect(outcome.hops[0]?.tls?.problems).toEqual([]);
    expect(await probe({ ...login, tls: {} })).toMatchObject({ cause: 'tls-failed' });
  });

  it('goes on with a certificate that nobody verifies, and describes it', async () => {
    const login = { username: 'shop', password: PASSWORD, database: 'shop', encryption: 'starttls' } as const;
    const outcome = await probe({ ...login, tls: { verify: 'none' } });
    expect(outcome).toMatchObject({ success: true, facts: { authenticated: true } });
    expect(outcome.hops[0]?.tls).toMatchObject({ problems: ['unknown-issuer'], chain: [{}] });
  });

  it('verifies the issuer and lets another name pass, when it is told to', async () => {
    const login = { username: 'shop', password: PASSWORD, database: 'shop', encryption: 'starttls' } as const;
    const other = { ca: authority.certPem, serverName: 'other.test' };
    expect(await probe({ ...login, tls: other })).toMatchObject({ cause: 'tls-failed' });
    expect(await probe({ ...login, tls: { ...other, verify: 'issuer' } })).toMatchObject({ success: true });
    expect(await probe({ ...login, tls: { verify: 'issuer' } })).toMatchObject({ cause: 'tls-failed' });
  });

  it('speaks TLS from the first byte on, as version 17 and later do', async () => {
    const tls = { ca: authority.certPem };
    const outcome = await probe({ username: 'trusted', database: 'shop', encryption: 'implicit', tls });
    expect(outcome).toMatchObject({ success: true, facts: { authenticated: true } });
  });

  it('leaves as it should: the log shows no broken connection', async () => {
    expect(await probe({ username: 'shop', password: PASSWORD, database: 'shop' })).toMatchObject({
      success: true,
    });
    await probe();
    const log = await readFile(server.logPath, 'utf8');
    expect(log).toContain('connection authenticated');
    expect(log).not.toMatch(/unexpected EOF|reset by peer|invalid length|could not receive/);
  });

  it('is not ready when its connections are used up', async () => {
    const clients = Array.from(
      { length: 3 },
      () =>
        new Client({
          host: '127.0.0.1',
          port: server.port,
          user: 'shop',
          password: PASSWORD,
          database: 'shop',
        }),
    );
    await Promise.all(clients.map((client) => client.connect()));
    const outcome = await probe({ username: 'shop', password: PASSWORD, database: 'shop' });
    await Promise.all(clients.map((client) => client.end()));
    expect(outcome).toMatchObject({ success: false, cause: 'not-ready' });
    expect(outcome.message).toContain('53300');
  });

  it('is down when frozen, though the kernel goes on accepting', async () => {
    const pid = Number(
      (await readFile(join(server.directory, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0],
    );
    process.kill(pid, 'SIGSTOP');
    try {
      const outcome = await probe({ username: 'shop', password: PASSWORD, timeoutMs: 300, confirmations: 2 });
      expect(outcome).toMatchObject({ success: false, cause: 'no-response' });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });
});
