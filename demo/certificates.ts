import { bits, implicit, objectIdentifier, sequence, truth } from './der.ts';
import { certificate, extension, type Keys, newKeys } from './x509.ts';

export interface ServerCertificate {
  /** PEM. */
  cert: string;
  key: string;
}

/** What the payment provider serves: its certificate with that of its issuer, or carelessly alone. */
export interface PaymentCertificates {
  complete: ServerCertificate;
  withoutIntermediate: ServerCertificate;
}

/** A local authority and what it issued. */
export interface Certificates {
  /** PEM of the root. */
  authority: string;
  /** For localhost. */
  healthy: ServerCertificate;
  expiring: ServerCertificate;
  /** For the provider's name, by an authority below the root. */
  payment: PaymentCertificates;
}

const DAY_MS = 86_400_000;
const HEALTHY_DAYS = 120;
const EXPIRING_DAYS = 5;
const PAYMENT_DAYS = 90;
const AUTHORITY_DAYS = 3_650;
/** More than any demo lasts, so that a count of days rounded down stays the same. */
const MARGIN_MS = DAY_MS / 4;
/** Where the intermediate would be published: by this, clients know that one is missing (RFC 5280, section 4.2.2.1). */
const INTERMEDIATE_URL = 'http://authority.shop.test/intermediate.crt';

interface Authority extends Keys {
  name: string;
  cert: string;
}

/** `paymentName` is the provider's DNS name. */
export function makeCertificates(nowMs: number, paymentName: string): Certificates {
  const root = makeAuthority('Rearguard demo authority', nowMs);
  const intermediate = makeAuthority('Rearguard demo intermediate', nowMs, root);
  const issue = (days: number): ServerCertificate => issueServer(root, { nowMs, days, name: 'localhost' });
  const payment = issueServer(intermediate, {
    nowMs,
    days: PAYMENT_DAYS,
    name: paymentName,
    issuerUrl: INTERMEDIATE_URL,
  });
  return {
    authority: root.cert,
    healthy: issue(HEALTHY_DAYS),
    expiring: issue(EXPIRING_DAYS),
    payment: {
      complete: { ...payment, cert: payment.cert + intermediate.cert },
      withoutIntermediate: payment,
    },
  };
}

/** Without an issuer, a root. */
function makeAuthority(name: string, nowMs: number, issuer?: Authority): Authority {
  const keys = newKeys();
  const cert = certificate({
    issuer: issuer ?? { name, ...keys },
    subject: name,
    publicKey: keys.publicKey,
    notBeforeMs: nowMs - DAY_MS,
    notAfterMs: nowMs + AUTHORITY_DAYS * DAY_MS,
    extensions: [
      extension('2.5.29.19', sequence(truth()), 'critical'), // basicConstraints: an authority
      extension('2.5.29.15', bits(Buffer.from([0x06]), 1), 'critical'), // keyUsage: keyCertSign, cRLSign
    ],
  });
  return { name, cert, ...keys };
}

function issueServer(
  issuer: Authority,
  wanted: { nowMs: number; days: number; name: string; issuerUrl?: string },
): ServerCertificate {
  const { publicKey, privateKey } = newKeys();
  const cert = certificate({
    issuer,
    subject: wanted.name,
    publicKey,
    notBeforeMs: wanted.nowMs - DAY_MS,
    notAfterMs: wanted.nowMs + wanted.days * DAY_MS + MARGIN_MS,
    extensions: [
      // subjectAltName: dNSName, iPAddress 127.0.0.1
      extension(
        '2.5.29.17',
        sequence(implicit(2, Buffer.from(wanted.name)), implicit(7, Buffer.from([127, 0, 0, 1]))),
      ),
      extension('2.5.29.15', bits(Buffer.from([0x80]), 7), 'critical'), // keyUsage: digitalSignature
      extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))), // extKeyUsage: serverAuth
      ...(wanted.issuerUrl === undefined ? [] : [issuerAt(wanted.issuerUrl)]),
    ],
  });
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** authorityInfoAccess: caIssuers at a uniformResourceIdentifier. */
function issuerAt(url: string): Buffer {
  const access = sequence(objectIdentifier('1.3.6.1.5.5.7.48.2'), implicit(6, Buffer.from(url)));
  return extension('1.3.6.1.5.5.7.1.1', sequence(access));
}
