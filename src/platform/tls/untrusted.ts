import type { TlsProblem, TlsSummary } from '../probe/types.ts';

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
  const shown =
    leaf === undefined ? '' : ` (${leaf.subject}, valid until ${new Date(leaf.notAfterMs).toISOString()})`;
  return `the certificate served for ${name} is not trusted: ${reasons}${shown}`;
}
