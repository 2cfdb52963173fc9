/** How a name lookup ended without an address; each has its own remedy. */
export type DnsFailureKind =
  /** The name does not exist, or exists without an address (NXDOMAIN, empty answer). */
  | 'not-found'
  /** No server answered in time. */
  | 'timeout'
  /** A server answered that it could not (SERVFAIL, REFUSED), or nonsense. */
  | 'failed';

export class DnsFailure extends Error {
  readonly kind: DnsFailureKind;

  constructor(kind: DnsFailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
