import type { CertificateSummary, TlsProblem, TlsSummary } from '../probe/types.ts';

const REASONS: Readonly<Record<TlsProblem, string>> = {
  expired: 'it has expired',
  'not-yet-valid': 'it is not valid yet',
  'name-mismatch': 'it is for another name',
  'unknown-issuer': 'its issuer is not known here',
  'missing-intermediate': 'the server does not send the intermediate certificate that issued it',
  'self-signed': 'it signed itself',
  'weak-key': 'its key is weak',
  revoked: 'it was revoked',
  other: 'OpenSSL does not accept it',
};

/** Why a client would not go on, in one line. */
export function untrustedMessage(summary: TlsSummary, name: string): string {
  const reasons = summary.problems.map((problem) => REASONS[problem]).join(', ');
  const [leaf] = summary.chain;
  const culprit = summary.problems.includes('expired') ? firstToExpire(summary) : leaf;
  if (leaf === undefined || culprit === undefined) {
    return `the certificate served for ${name} is not trusted: ${reasons}`;
  }
  const whose = culprit === leaf ? '' : `its issuer `;
  const until = new Date(culprit.notAfterMs).toISOString();
  return `the certificate served for ${name} is not trusted: ${reasons} (${whose}${culprit.subject}, valid until ${until})`;
}

/** Where something has expired, it is this one: the leaf may be fine and its intermediate too old. */
function firstToExpire({ chain }: TlsSummary): CertificateSummary | undefined {
  return chain.reduce<CertificateSummary | undefined>(
    (first, one) => (first === undefined || one.notAfterMs < first.notAfterMs ? one : first),
    undefined,
  );
}
