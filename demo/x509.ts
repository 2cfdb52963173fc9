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

export interface Keys {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));

export function newKeys(): Keys {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** A certificate of version 3 as PEM (RFC 5280, section 4.1). */
export function certificate(content: {
  issuer: Keys & { name: string };
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

/** OpenSSL and browsers refuse a certificate with a critical extension that they do not know. */
export function extension(identifier: string, value: Buffer, criticality?: 'critical'): Buffer {
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
