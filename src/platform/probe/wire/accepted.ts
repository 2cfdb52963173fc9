import type { TLSSocket } from 'node:tls';
import type { TlsDescription } from '../../tls/describe.ts';
import type { TlsVerification } from '../types.ts';

/** Node looks at the name only once the chain verifies, so with this error everything else is right. */
const NAME_ONLY = 'ERR_TLS_CERT_ALTNAME_INVALID';

/** Whether a client that verifies so much goes on after the handshake. */
export function isAccepted(
  secure: Pick<TLSSocket, 'authorizationError'>,
  { trusted }: Pick<TlsDescription, 'trusted'>,
  verify: TlsVerification = 'full',
): boolean {
  if (trusted || verify === 'none') return true;
  return verify === 'issuer' && isOnlyTheName(secure.authorizationError);
}

/** Declared as an Error, in fact mostly the code as text. */
function isOnlyTheName(error: Error | string | null | undefined): boolean {
  if (error === null || error === undefined) return true;
  return (typeof error === 'string' ? error : (error as NodeJS.ErrnoException).code) === NAME_ONLY;
}
