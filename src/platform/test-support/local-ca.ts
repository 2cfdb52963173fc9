import './reflect-metadata.ts';
import { webcrypto } from 'node:crypto';
import {
  AuthorityInfoAccessExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

// The library is typed for browsers' global `Crypto`, which Node's has no type for.
cryptoProvider.set(webcrypto as unknown as Parameters<typeof cryptoProvider.set>[0]);

const DAY_MS = 86_400_000;

export interface CertificateRequest {
  /** DNS names or addresses. */
  names?: readonly string[];
  /** Days from now until it expires; negative for one that has expired. */
  expiresInDays?: number;
  /** Days from now until it is valid. */
  startsInDays?: number;
  rsaBits?: number;
  /** Says where the issuer's certificate can be fetched, as public authorities do. */
  issuerUrl?: string;
}

export interface IssuedCertificate {
  certPem: string;
  keyPem: string;
}

/** A certificate authority for one test. */
export interface LocalAuthority {
  certPem: string;
  issue(request?: CertificateRequest): Promise<IssuedCertificate>;
  /** An authority below this one. */
  intermediate(name: string, request?: CertificateRequest): Promise<LocalAuthority>;
}

interface Signer {
  certificate: X509Certificate;
  privateKey: webcrypto.CryptoKey;
}

/** A self-signed root, ten years long. */
export async function createLocalAuthority(name = 'Rearguard Test Root'): Promise<LocalAuthority> {
  const keys = await generateKeys(2_048);
  const certificate = await generate(
    { subject: `CN=${name}`, keys, isAuthority: true, request: { expiresInDays: 3_650 } },
    undefined,
  );
  return authority({ certificate, privateKey: keys.privateKey });
}

/** A certificate that signed itself. */
export async function selfSigned(request: CertificateRequest = {}): Promise<IssuedCertificate> {
  const keys = await generateKeys(request.rsaBits ?? 2_048);
  const certificate = await generate(
    { subject: subjectOf(request), keys, isAuthority: false, request },
    undefined,
  );
  return { certPem: certificate.toString('pem'), keyPem: await privateKeyPem(keys) };
}

function authority(signer: Signer): LocalAuthority {
  return {
    certPem: signer.certificate.toString('pem'),
    async issue(request = {}) {
      const keys = await generateKeys(request.rsaBits ?? 2_048);
      const certificate = await generate(
        { subject: subjectOf(request), keys, isAuthority: false, request },
        signer,
      );
      return { certPem: certificate.toString('pem'), keyPem: await privateKeyPem(keys) };
    },
    async intermediate(name, request = {}) {
      const keys = await generateKeys(2_048);
      const certificate = await generate({ subject: `CN=${name}`, keys, isAuthority: true, request }, signer);
      return authority({ certificate, privateKey: keys.privateKey });
    },
  };
}

function subjectOf(request: CertificateRequest): string {
  return `CN=${request.names?.[0] ?? 'localhost'}`;
}

function generateKeys(bits: number): Promise<webcrypto.CryptoKeyPair> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: bits,
  };
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

interface Draft {
  subject: string;
  keys: webcrypto.CryptoKeyPair;
  isAuthority: boolean;
  request: CertificateRequest;
}

function generate(draft: Draft, signer: Signer | undefined): Promise<X509Certificate> {
  const { request, isAuthority } = draft;
  const nowMs = Date.now();
  const names = request.names ?? ['localhost', '127.0.0.1', '::1'];
  const alternatives = names.map((name) => ({
    type: /^[\d.]+$|:/.test(name) ? ('ip' as const) : ('dns' as const),
    value: name,
  }));
  return X509CertificateGenerator.create({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8)))
      .toString('hex')
      .replace(/^./, '1'),
    subject: draft.subject,
    issuer: signer?.certificate.subject ?? draft.subject,
    notBefore: new Date(nowMs + (request.startsInDays ?? -30) * DAY_MS),
    notAfter: new Date(nowMs + (request.expiresInDays ?? 90) * DAY_MS),
    signingAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    publicKey: draft.keys.publicKey,
    signingKey: signer?.privateKey ?? draft.keys.privateKey,
    extensions: [
      new BasicConstraintsExtension(isAuthority, undefined, true),
      new KeyUsagesExtension(isAuthority ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature, true),
      ...(isAuthority ? [] : [new SubjectAlternativeNameExtension(alternatives)]),
      ...(request.issuerUrl === undefined
        ? []
        : [new AuthorityInfoAccessExtension({ caIssuers: [request.issuerUrl] })]),
    ],
  });
}

async function privateKeyPem(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`;
}
