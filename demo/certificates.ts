import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bits,
  context,
  implicit,
  integer,
  objectIdentifier,
  octets,
  sequence,
  set,
  text,
  time,
  truth,
} from './der.ts';

export interface ServerCertificate {
  /** PEM. */
  cert: string;
  key: string;
}

/** A local authority and two certificates for localhost: a healthy one, and one about to end. */
export interface Certificates {
  authority: string;
  healthy: ServerCertificate;
  expiring: ServerCertificate;
}

const DAY_MS = 86_400_000;
const HEALTHY_DAYS = 120;
const EXPIRING_DAYS = 5;
/** More than any demo lasts, so that a count of days rounded down stays the same. */
const MARGIN_MS = DAY_MS / 4;

const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));

export function makeCertificates(nowMs: number): Certificates {
  const name = 'Rearguard demo authority';
  const keys = newKeys();
  const issuer = { name, ...keys };
  const authority = certificate({
    issuer,
    subject: name,
    publicKey: keys.publicKey,
    notBeforeMs: nowMs - DAY_MS,
    notAfterMs: nowMs + 3_650 * DAY_MS,
    extensions: [
      extension('2.5.29.19', sequence(truth()), 'critical'), // basicConstraints: an authority
      extension('2.5.29.15', bits(Buffer.from([0x06]), 1), 'critical'), // keyUsage: keyCertSign, cRLSign
    ],
  });
  const issue = (days: number): ServerCertificate => {
    const { publicKey, privateKey } = newKeys();
    const cert = certificate({
      issuer,
      subject: 'localhost',
      publicKey,
      notBeforeMs: nowMs - DAY_MS,
      notAfterMs: nowMs + days * DAY_MS + MARGIN_MS,
      extensions: [
        // subjectAltName: dNSName localhost, iPAddress 127.0.0.1
        extension(
          '2.5.29.17',
          sequence(implicit(2, Buffer.from('localhost')), implicit(7, Buffer.from([127, 0, 0, 1]))),
        ),
        extension('2.5.29.15', bits(Buffer.from([0x80]), 7), 'critical'), // keyUsage: digitalSignature
        extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))), // extKeyUsage: serverAuth
      ],
    });
    return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
  };
  return { authority, healthy: issue(HEALTHY_DAYS), expiring: issue(EXPIRING_DAYS) };
}

function newKeys(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** RFC 5280, section 4.1. */
function certificate(content: {
  issuer: { name: string; publicKey: KeyObject; privateKey: KeyObject };
  subject: string;
  publicKey: KeyObject;
  notBeforeMs: number;
  notAfterMs: number;
  extensions: Buffer[];
}): string {
  const { issuer } = content;
  const VERSION_3 = Buffer.from([2]);
  const toBeSigned = sequence(
    context(0, integer(VERSION_3)),
    // The first octet is never zero, as DER wants it.
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    commonName(issuer.name),
    sequence(time(content.notBeforeMs), time(content.notAfterMs)),
    commonName(content.subject),
    content.publicKey.export({ type: 'spki', format: 'der' }),
    context(
      3,
      sequence(
        ...content.extensions,
        extension('2.5.29.14', octets(keyIdentifier(content.publicKey))), // subjectKeyIdentifier
        extension('2.5.29.35', sequence(implicit(0, keyIdentifier(issuer.publicKey)))), // authorityKeyIdentifier
      ),
    ),
  );
  const signature = sign('sha256', toBeSigned, issuer.privateKey);
  const encoded = sequence(toBeSigned, ECDSA_WITH_SHA256, bits(signature)).toString('base64');
  const lines = encoded.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function extension(identifier: string, value: Buffer, criticality?: 'critical'): Buffer {
  return sequence(objectIdentifier(identifier), ...(criticality ? [truth()] : []), octets(value));
}

function commonName(name: string): Buffer {
  return sequence(set(sequence(objectIdentifier('2.5.4.3'), text(name))));
}

/** Any value unique to the key will do (RFC 5280, section 4.2.1.2). */
function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);
}
