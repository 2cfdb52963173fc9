import { X509Certificate } from 'node:crypto';
import { checkServerIdentity, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import type { CertificateSummary, TlsProblem, TlsSummary } from '../probe/types.ts';
import { isSelfIssued, issuerProblemOf, trustAnchors } from './issuers.ts';

/** Below these, NIST SP 800-57 no longer counts a key as safe. */
const MIN_RSA_BITS = 2_048;
const MIN_EC_BITS = 224;
/** Kept of what a certificate says about itself. */
const MAX_NAMES = 100;
const MAX_TEXT_LENGTH = 200;

export interface TlsDescription {
  summary: TlsSummary;
  /** A client with the same trust would go on: the chain verifies and the name fits. A weak key alone does not stop it. */
  trusted: boolean;
}

/**
 * The handshake's outcome: what was served and what is wrong with it. Node keeps the served certificates as a chain and
 * completes it from the trust store; the trust anchor itself is left out.
 */
export function describeTls(
  socket: TLSSocket,
  name: string,
  options: { nowMs: number; ca?: string | undefined },
): TlsDescription {
  const path = certificatePath(socket.getPeerCertificate(true));
  const verifyCode = errorCode(socket.authorizationError);
  const top = path.at(-1);
  const anchored = top !== undefined && isSelfIssued(top) && isAnchored(top, verifyCode, options.ca);
  const served = anchored && path.length > 1 ? path.slice(0, -1) : path;
  const problems = new Set<TlsProblem>();

  for (const certificate of served) {
    if (Date.parse(certificate.validTo) < options.nowMs) problems.add('expired');
    if (Date.parse(certificate.validFrom) > options.nowMs) problems.add('not-yet-valid');
    if (isWeak(certificate)) problems.add('weak-key');
  }
  const nameFits = path[0] !== undefined && fitsName(name, socket);
  if (!nameFits) problems.add('name-mismatch');
  if (verifyCode !== null && !anchored) {
    const issuerProblem = issuerProblemOf(path, trustAnchors(options.ca));
    if (issuerProblem !== null) problems.add(issuerProblem);
  }
  // An authority of that name is trusted, and this is not its key: somebody else's certificate, or a successor's.
  if (verifyCode === 'CERT_SIGNATURE_FAILURE') problems.add('unknown-issuer');
  const trusted = nameFits && (verifyCode === null || verifyCode === 'ERR_TLS_CERT_ALTNAME_INVALID');
  if (verifyCode === 'CERT_REVOKED') problems.add('revoked');
  if (!trusted && [...problems].every((problem) => problem === 'weak-key')) problems.add('other');

  return {
    trusted,
    summary: {
      protocol: socket.getProtocol() ?? 'unknown',
      cipher: socket.getCipher().name,
      chain: served.map(summarize),
      problems: [...problems],
    },
  };
}

/** Leaf first, each followed by its issuer. */
function certificatePath(leaf: DetailedPeerCertificate): X509Certificate[] {
  const path: X509Certificate[] = [];
  const seen = new Set<string>();
  let next: DetailedPeerCertificate | undefined = leaf;
  // A certificate that issued itself is its own issuer here.
  while (next?.raw !== undefined && !seen.has(next.fingerprint256)) {
    seen.add(next.fingerprint256);
    path.push(new X509Certificate(next.raw));
    next = next.issuerCertificate;
  }
  return path;
}

/** OpenSSL verified the path, so it ends in an anchor; with an error it may not, and the trust store has to be asked. */
function isAnchored(top: X509Certificate, verifyCode: string | null, ca: string | undefined): boolean {
  if (verifyCode === null || verifyCode === 'ERR_TLS_CERT_ALTNAME_INVALID') return true;
  return trustAnchors(ca).some((anchor) => anchor.fingerprint256 === top.fingerprint256);
}

function fitsName(name: string, socket: TLSSocket): boolean {
  return checkServerIdentity(name, socket.getPeerCertificate()) === undefined;
}

function isWeak(certificate: X509Certificate): boolean {
  const key = certificate.toLegacyObject();
  if (key.bits === undefined) return false;
  return key.modulus === undefined ? key.bits < MIN_EC_BITS : key.bits < MIN_RSA_BITS;
}

function summarize(certificate: X509Certificate): CertificateSummary {
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    notBeforeMs: Date.parse(certificate.validFrom),
    notAfterMs: Date.parse(certificate.validTo),
    names: (certificate.subjectAltName ?? '')
      .split(', ')
      .filter((entry) => entry !== '')
      .slice(0, MAX_NAMES)
      .map((entry) => plainText(entry.replace(/^(?:DNS|IP Address):/, ''))),
    fingerprint256: certificate.fingerprint256,
  };
}

/** Node gives one relative name per line, most general first. */
function oneLine(name: string | undefined): string {
  return plainText((name ?? '').split('\n').toReversed().join(', '));
}

/** A certificate is text from the other side like any other. */
function plainText(text: string): string {
  return text.slice(0, MAX_TEXT_LENGTH).replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}

/** Declared as an Error, in fact mostly the code as text. */
function errorCode(error: Error | string | null | undefined): string | null {
  if (error === null || error === undefined) return null;
  return typeof error === 'string' ? error : ((error as NodeJS.ErrnoException).code ?? error.message);
}
