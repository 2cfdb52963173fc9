import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unprivilegedAccount } from '../../../platform/postgres/account.ts';
import { type RunningPostgres, startPostgres } from '../../../platform/postgres/embedded.ts';
import { installed } from '../../../platform/test-support/debian-program.ts';
import { startRedis } from '../../../platform/test-support/debian-servers.ts';
import { serveDns } from '../../../platform/test-support/dns-server.ts';
import { createLocalAuthority, selfSigned } from '../../../platform/test-support/local-ca.ts';
import { serveHttps } from '../../../platform/test-support/servers.ts';
import { runWire } from '../../../platform/test-support/wire.ts';
import { createRuntime } from '../../../runtime/runtime.ts';
import { type Bench, found, openBench } from './fixture.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench(createRuntime);
});
afterEach(() => bench.close());

/** A certificate that signed itself and ends soon; the server has it when this returns. */
async function serveSelfSigned({ directory, url, port }: RunningPostgres): Promise<void> {
  const { certPem, keyPem } = await selfSigned({ names: ['127.0.0.1'], expiresInDays: 2 });
  const account = unprivilegedAccount();
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const [setting, text] of [
    ['ssl_cert_file', certPem],
    ['ssl_key_file', keyPem],
  ] as const) {
    const path = join(directory, setting);
    await writeFile(path, text, { mode: 0o600 });
    if (account) await chown(path, account.uid, account.gid);
    await client.query(`alter system set ${setting} = '${path}'`);
  }
  await client.query('alter system set ssl = on');
  await client.query('select pg_reload_conf()');
  await client.end();
  // The postmaster reloads in its own time.
  const tls = { verify: 'none' } as const;
  while (!(await runWire('postgres', port, { encryption: 'starttls', tls })).success);
}

describe('status of servers with certificates', () => {
  it('tells an intermediate that has expired from a leaf that is fine', async () => {
    const root = await createLocalAuthority();
    const intermediate = await root.intermediate('Stale Intermediate', { expiresInDays: -1 });
    const leaf = await intermediate.issue({ names: ['127.0.0.1'], expiresInDays: 90 });
    const server = await bench.opening(
      serveHttps((_, response) => response.end('{}'), { ...leaf, chainPem: intermediate.certPem }),
    );
    await writeFile(join(bench.directory, 'root.pem'), root.certPem);
    await bench.configure({ payment: { url: server.origin, tls: { caFile: 'root.pem' } } });
    const { report } = await bench.run('status');
    // It explains that no TLS comes about: nothing else is said of it.
    expect(found(report)).toEqual([`certificate-invalid payment 127.0.0.1:${server.port}`]);
    expect(report.coverage.notChecked).toContainEqual(
      expect.objectContaining({ reason: 'its certificate is refused' }),
    );
    const finding = report.findings.find(({ rule }) => rule.endsWith('/certificate-invalid'));
    expect(finding?.evidence[0]).toEqual({ label: 'reasons', value: 'expired' });
  });

  it('warns of a leaf and of an intermediate that end soon, each by itself', async () => {
    const root = await createLocalAuthority();
    const intermediate = await root.intermediate('Short Intermediate', { expiresInDays: 2 });
    const leaf = await intermediate.issue({ names: ['127.0.0.1'], expiresInDays: 10 });
    const server = await bench.opening(
      serveHttps((_, response) => response.end('{}'), { ...leaf, chainPem: intermediate.certPem }),
    );
    await writeFile(join(bench.directory, 'root.pem'), root.certPem);
    await bench.configure({ payment: { url: server.origin, tls: { caFile: 'root.pem' } } });
    const { report } = await bench.run('status');
    expect(found(report)).toEqual([
      'certificate-expiring payment CN=127.0.0.1',
      'certificate-expiring payment CN=Short Intermediate',
    ]);
    expect(report.findings.map(({ severity }) => severity)).toEqual(['critical', 'high']);
  });
});

describe('status of name servers', () => {
  it('names the name server that is silent beside one that answers', async () => {
    const good = await bench.opening(
      serveDns(() => ({ records: [{ type: 'A', name: 'db.test', ttl: 60, data: '192.0.2.1' }] })),
    );
    const bad = await bench.opening(serveDns(() => 'silence'));
    const nameServers = [good, bad].map(({ server }) => `127.0.0.1:${server.port}`);
    await bench.configure({ names: { url: 'dns://db.test', nameServers, timeout: '400ms' } });
    const { report } = await bench.run('status');
    expect(found(report)).toEqual(['name-server names']);
    expect(report.findings[0]?.title).toContain(`127.0.0.1:${bad.server.port} does not answer`);
  });
});

describe.skipIf(!installed('redis-server'))(
  'status of a real Redis (skipped where redis-server is missing)',
  () => {
    it('is up, then silent while the process is stopped', async () => {
      const redis = await startRedis();
      try {
        await bench.configure({ cache: { url: `redis://127.0.0.1:${redis.port}`, timeout: '1s' } });
        const healthy = await bench.run('status');
        expect(found(healthy.report)).toEqual([]);
        expect(healthy.report.data).toMatchObject({ dependencies: [{ facts: { role: 'master' } }] });
        await redis.freeze();
        const { report } = await bench.run('status');
        expect(found(report)).toEqual(['no-response cache']);
        expect(report.findings[0]?.evidence.map(({ label }) => label)).toContain('last good');
      } finally {
        await redis.stop();
      }
    });
  },
);

describe('status of a real PostgreSQL', () => {
  it('minds a self-signed certificate as its driver does: where the URL asks to verify it', async () => {
    const postgres = await startPostgres();
    try {
      await serveSelfSigned(postgres);
      for (const sslmode of ['prefer', 'require', 'verify-full']) {
        const url = new URL(postgres.url);
        url.searchParams.set('sslmode', sslmode);
        await writeFile(join(bench.directory, sslmode), url.href);
      }
      await bench.configure({
        preferring: { url: { $file: 'prefer' } },
        requiring: { url: { $file: 'require' } },
        verifying: { url: { $file: 'verify-full' } },
      });
      const { report } = await bench.run('status');
      // Nobody says of it twice that it is down.
      expect(found(report)).toEqual([
        expect.stringMatching(/^certificate-expiring preferring /),
        expect.stringMatching(/^certificate-expiring requiring /),
        expect.stringMatching(/^certificate-expiring verifying /),
        `certificate-invalid verifying 127.0.0.1:${postgres.port}`,
      ]);
      expect(report.data).toMatchObject({
        dependencies: [{ state: 'up' }, { state: 'up' }, { state: 'down' }],
      });
    } finally {
      await postgres.stop();
    }
  });

  it('is up, and tells refused credentials from a server that is down', async () => {
    const postgres = await startPostgres();
    try {
      const wrong = new URL(postgres.url);
      wrong.username = 'nobody_here';
      wrong.password = 'not-the-password';
      await writeFile(join(bench.directory, 'right'), postgres.url);
      await writeFile(join(bench.directory, 'wrong'), wrong.href);
      await bench.configure({
        database: { url: { $file: 'right' } },
        intruder: { url: { $file: 'wrong' } },
      });
      const { report } = await bench.run('status');
      expect(found(report)).toEqual(['down intruder']);
      expect(report.findings[0]?.title).toBe('intruder cannot be authenticated to');
      expect(JSON.stringify(report)).not.toContain('not-the-password');
    } finally {
      await postgres.stop();
    }
  });
});
