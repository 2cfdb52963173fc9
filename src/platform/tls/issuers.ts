import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { TlsProblem } from '../probe/types.ts';

let publicAnchors: readonly X509Certificate[] | undefined;

/** What is trusted here: the authorities given as PEM, or those of this Node. */
export function trustAnchors(ca: string | undefined): readonly X509Certificate[] {
  if (ca === undefined) return (publicAnchors ??= parse(rootCertificates));
  return parse(ca.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []);
}

function parse(pems: readonly string[]): X509Certificate[] {
  return pems.map((pem) => new X509Certificate(pem));
}

/** By name and signature. `checkIssued` also asks for the right to sign certificates, which a server's own one seldom has. */
export function isSelfIssued(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
}

/**
 * Why a path (leaf first) ends in no trust anchor. OpenSSL has one word for both an authority that nobody here knows and
 * a known one whose intermediate was not served (error 20, 21): it cannot see what did not come. What the last
 * certificate says of its issuer tells them apart, as far as that can be told:
 * - an anchor bears the issuer's very name: it has another key, so the issuer is a stranger or a successor;
 * - an anchor is of the issuer's organization: the authority is known, the link to it was not served;
 * - the leaf came alone and names where its issuer's certificate is published (RFC 5280, section 4.2.2.1), as public
 *   authorities do, who issue by intermediates only: that intermediate was not served.
 */
export function issuerProblemOf(
  path: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
): TlsProblem | null {
  const top = path.at(-1);
  if (top === undefined) return null;
  if (isSelfIssued(top)) return path.length === 1 ? 'self-signed' : 'unknown-issuer';
  const roots = anchors.filter((anchor) => anchor.subject === anchor.issuer);
  if (roots.some((root) => root.subject === top.issuer)) return 'unknown-issuer';
  const organization = organizationOf(top.issuer);
  const isOfKnownHouse =
    organization !== null && roots.some((root) => organizationOf(root.subject) === organization);
  const cameAlone = path.length === 1 && top.infoAccess?.includes('CA Issuers') === true;
  return isOfKnownHouse || cameAlone ? 'missing-intermediate' : 'unknown-issuer';
}

/** Node gives a name as one `O=Example` per line. */
function organizationOf(name: string): string | null {
  return /^O=(.+)$/m.exec(name)?.[1] ?? null;
}
