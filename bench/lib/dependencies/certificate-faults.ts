import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Finding } from '../../../src/core/finding.ts';
import type { Report } from '../../../src/core/report.ts';
import type { ConfigInput } from '../../../src/config/schema.ts';
import { serveDns } from '../../../src/platform/test-support/dns-server.ts';
import {
  createLocalAuthority,
  type IssuedCertificate,
  type LocalAuthority,
  selfSigned,
} from '../../../src/platform/test-support/local-ca.ts';
import { type LocalServer, serveHttps } from '../../../src/platform/test-support/servers.ts';
import { installed } from '../../../src/platform/test-support/debian-program.ts';
import { type BenchRow, notRun, row } from '../bench.ts';
import { runCli } from '../cli.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';

const run = promisify(execFile);
const NAMES = ['localhost', '127.0.0.1'];

/** One way a certificate can be wrong, what must be said of it, and what OpenSSL says. */
interface CertificateCase {
  fault: string;
  identity: IssuedCertificate & { chainPem?: string };
  /** What the finding must name: a reason of certificate-invalid, or nothing for a good one. */
  reason: string | null;
  /** Whether a date far in the chain makes a finding of its own. */
  expires?: boolean;
}

/** Eight faults and a good one, each told apart; the verdict "good or not" agrees with `openssl verify`. */
export async function benchCertificates(log: (line: string) => void): Promise<BenchRow[]> {
  const root = await createLocalAuthority();
  const cases = await makeCases(root);
  const servers: LocalServer[] = [];
  try {
    for (const { identity } of cases)
      servers.push(await serveHttps((_, response) => response.end('ok'), identity));
    return await inTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'root.pem'), root.certPem);
      const rows = await judgeCases(folder, cases, servers, log);
      return [...rows, ...(await agreement(folder, cases)), ...(await manyPlaces(folder, root, log))];
    });
  } finally {
    for (const server of servers) await server.close();
  }
}

async function makeCases(root: LocalAuthority): Promise<CertificateCase[]> {
  const middle = await root.intermediate('Bench Intermediate');
  const ending = await root.intermediate('Bench Ending Intermediate', { expiresInDays: 2 });
  const ended = await root.intermediate('Bench Ended Intermediate', { expiresInDays: -1 });
  const stranger = await createLocalAuthority('Bench Stranger Root');
  const names = NAMES;
  return [
    { fault: 'good chain', identity: await chained(middle, { names }), reason: null },
    {
      fault: 'expired leaf',
      identity: await chained(middle, { names, expiresInDays: -1 }),
      reason: 'expired',
    },
    {
      fault: 'not yet valid',
      identity: await chained(middle, { names, startsInDays: 2 }),
      reason: 'not-yet-valid',
    },
    {
      fault: 'wrong name',
      identity: await chained(middle, { names: ['other.test'] }),
      reason: 'name-mismatch',
    },
    { fault: 'unknown issuer', identity: await chained(stranger, { names }), reason: 'unknown-issuer' },
    { fault: 'self-signed', identity: await selfSigned({ names }), reason: 'self-signed' },
    {
      fault: 'missing intermediate',
      identity: await middle.issue({ names, issuerUrl: 'http://authority.test/intermediate.der' }),
      reason: 'missing-intermediate',
    },
    { fault: 'weak key', identity: await chained(middle, { names, rsaBits: 1_024 }), reason: 'weak-key' },
    { fault: 'expired intermediate', identity: await chained(ended, { names }), reason: 'expired' },
    {
      fault: 'intermediate ends in 2 days',
      identity: await chained(ending, { names }),
      reason: null,
      expires: true,
    },
  ];
}

async function chained(
  issuer: LocalAuthority,
  request: Parameters<LocalAuthority['issue']>[0],
): Promise<CertificateCase['identity']> {
  return { ...(await issuer.issue(request)), chainPem: issuer.certPem };
}

async function judgeCases(
  folder: string,
  cases: readonly CertificateCase[],
  servers: readonly LocalServer[],
  log: (line: string) => void,
): Promise<BenchRow[]> {
  log('nine TLS servers, one of them good');
  const dependencies = Object.fromEntries(
    cases.map((_, index) => [
      `case-${index}`,
      { url: `https://localhost:${servers[index]?.port}/`, tls: { caFile: 'root.pem' } },
    ]),
  );
  const findings = await statusOf(folder, { dependencies });
  return cases.map(({ fault, reason, expires }, index) => {
    const own = findings.filter(({ subject }) => subject.name.split(' ')[0] === `case-${index}`);
    const said = own.filter(({ rule }) => rule.endsWith('/certificate-invalid')).flatMap(reasonsOf);
    const endsSoon = own.some(({ rule }) => rule.endsWith('/certificate-expiring'));
    const isRight =
      (reason === null ? said.length === 0 : said.length === 1 && said[0] === reason) &&
      endsSoon === (expires ?? false);
    return row({
      name: `certificate: ${fault}`,
      value: isRight ? 1 : 0,
      unit: 'told',
      goal: { op: '=', value: 1 },
      note: `said: ${[...said, ...(endsSoon ? ['expiring'] : [])].join(', ') || 'nothing'}`,
    });
  });
}

function reasonsOf({ evidence }: Finding): string[] {
  const reasons = evidence.find(({ label }) => label === 'reasons')?.value ?? '';
  return [...new Set(String(reasons).split(', '))];
}

/** OpenSSL's own verdict about the same files; it looks at no key size by itself, so it is asked at level 2 (112 bits). */
async function agreement(folder: string, cases: readonly CertificateCase[]): Promise<BenchRow[]> {
  if (!installed('openssl'))
    return [notRun('verdicts that agree with openssl verify', 'cases', 'openssl is not installed')];
  let agreed = 0;
  for (const [index, { identity, reason }] of cases.entries()) {
    const leaf = join(folder, `leaf-${index}.pem`);
    const chain = join(folder, `chain-${index}.pem`);
    await writeFile(leaf, identity.certPem);
    await writeFile(chain, identity.chainPem ?? '');
    const untrusted = identity.chainPem === undefined ? [] : ['-untrusted', chain];
    const args = ['verify', '-CAfile', join(folder, 'root.pem'), '-verify_hostname', 'localhost'];
    const isGood = await run('openssl', [...args, '-auth_level', '2', ...untrusted, leaf]).then(
      () => true,
      () => false,
    );
    if (isGood === (reason === null)) agreed += 1;
  }
  return [
    row({
      name: 'verdicts that agree with openssl verify',
      value: agreed,
      unit: 'cases',
      goal: { op: '=', value: cases.length },
    }),
  ];
}

/** One bad address of two behind a name, and a bad certificate at a redirect's first hop. */
async function manyPlaces(
  folder: string,
  root: LocalAuthority,
  log: (line: string) => void,
): Promise<BenchRow[]> {
  log('two addresses behind a name, and a redirect');
  const good = await root.issue({ names: ['pair.test', ...NAMES] });
  const bad = await root.issue({ names: ['pair.test'], expiresInDays: -3 });
  const healthy = await serveHttps((_, response) => response.end('ok'), good);
  const expired = await serveHttps((_, response) => response.end('ok'), bad, {
    host: '127.0.0.2',
    port: healthy.port,
  });
  const hop = await serveHttps(
    (_, response) => response.writeHead(302, { location: `https://localhost:${healthy.port}/` }).end(),
    await root.issue({ names: NAMES, expiresInDays: 5 }),
  );
  const names = await serveDns((name, type) =>
    name === 'pair.test' && type === 'A'
      ? {
          records: ['127.0.0.1', '127.0.0.2'].map((data) => ({ type: 'A' as const, name, ttl: 60, data })),
        }
      : { records: [] },
  );
  try {
    const nameServers = [`${names.server.address}:${names.server.port}`];
    const tls = { caFile: 'root.pem' };
    const findings = await statusOf(folder, {
      allowHosts: ['pair.test'],
      dependencies: {
        pair: { url: `https://pair.test:${healthy.port}/`, tls, nameServers },
        redirect: { url: `https://localhost:${hop.port}/`, tls },
      },
    });
    const has = (rule: string, text: string): boolean =>
      findings.some((finding) => finding.rule.endsWith(rule) && finding.subject.name.includes(text));
    return [
      row({
        name: 'certificate: the expired one of two addresses',
        value: has('/certificate-invalid', '127.0.0.2') && !has('/certificate-invalid', '127.0.0.1') ? 1 : 0,
        unit: 'told',
        goal: { op: '=', value: 1 },
      }),
      row({
        name: 'certificate: ending soon at the first hop of a redirect',
        value: has('/certificate-expiring', 'redirect') ? 1 : 0,
        unit: 'told',
        goal: { op: '=', value: 1 },
      }),
    ];
  } finally {
    await Promise.all([healthy.close(), expired.close(), hop.close(), names.close()]);
  }
}

async function statusOf(folder: string, config: ConfigInput): Promise<Finding[]> {
  await writeFile(join(folder, 'rearguard.config.json'), JSON.stringify(config));
  const { stdout } = await runCli(['dependency-health-checker', 'status', '--json'], folder);
  const report = JSON.parse(stdout) as Report;
  return report.findings.filter(({ state }) => state !== 'resolved');
}
