import type { WireKind, WirePlan } from '../../../platform/probe/plans.ts';
import type { TlsOptions } from '../../../platform/probe/types.ts';

export type Encryption = Pick<WirePlan, 'encryption' | 'tls'>;

const PLAIN: Encryption = { encryption: 'none' };

/** Encryption that drivers ask for with parameters of the URL, each in its own words; `tls` is the config's own section. */
export function askedFor(
  kind: WireKind,
  { searchParams, port }: Pick<URL, 'searchParams' | 'port'>,
  tls: TlsOptions | undefined,
): Encryption {
  const said = (...names: string[]): string =>
    names
      .map((name) => searchParams.get(name))
      .find((value) => value !== null)
      ?.toLowerCase() ?? '';
  const when = (asked: boolean, encryption: WirePlan['encryption']): Encryption =>
    asked || tls !== undefined ? asConfigured(encryption, tls) : PLAIN;
  switch (kind) {
    case 'postgres':
      return postgresEncryption(said('sslmode'), tls);
    case 'mysql':
      return mysqlEncryption(said('ssl-mode', 'sslmode', 'sslMode'), said, tls);
    case 'mongodb':
      return when(said('tls', 'ssl') === 'true', 'implicit');
    case 'smtp':
      // Port 587 is for submission, which begins in plain text and upgrades (RFC 6409, RFC 8314).
      return when(port === '587' || said('starttls', 'requireTLS') === 'true', 'starttls');
    case 'nats':
      return when(false, 'starttls');
    default:
      return when(false, 'implicit');
  }
}

/** As the scheme says, and with the trust that the config says. */
export function asConfigured(encryption: WirePlan['encryption'], tls: TlsOptions | undefined): Encryption {
  return tls === undefined ? { encryption } : { encryption, tls };
}

/**
 * PostgreSQL manual, "SSL Support", table "SSL Mode Descriptions": only verify-ca and verify-full look at the certificate,
 * and `require` where an authority is named. Whoever has a `tls` section and says no mode means TLS, and verified.
 */
function postgresEncryption(mode: string, tls: TlsOptions | undefined): Encryption {
  switch (mode) {
    case 'disable':
      return PLAIN;
    case 'require':
      return upgraded(tls, { verify: tls?.ca === undefined ? 'none' : 'issuer' });
    // What node-postgres has beside them.
    case 'no-verify':
      return upgraded(tls, { verify: 'none' });
    case 'verify-ca':
      return upgraded(tls, { verify: 'issuer' });
    case 'verify-full':
      return upgraded(tls, {});
    default:
      return tls === undefined ? upgraded(tls, IF_OFFERED) : upgraded(tls, {});
  }
}

/**
 * MySQL manual, "Command Options for Encrypted Connections": likewise, and in clear text where the URL is silent, as most
 * drivers do. `tls` is Go's word, `ssl` that of many, `useSSL` Java's.
 */
function mysqlEncryption(
  mode: string,
  said: (...names: string[]) => string,
  tls: TlsOptions | undefined,
): Encryption {
  switch (mode.replace('-', '_')) {
    case 'disabled':
    case 'disable':
      return PLAIN;
    case 'preferred':
    case 'prefer':
      return tls === undefined ? upgraded(tls, IF_OFFERED) : upgraded(tls, {});
    case 'required':
    case 'require':
      return upgraded(tls, { verify: tls?.ca === undefined ? 'none' : 'issuer' });
    case 'verify_ca':
      return upgraded(tls, { verify: 'issuer' });
    case 'verify_identity':
    case 'verify_full':
      return upgraded(tls, {});
    default:
  }
  const flag = said('tls', 'ssl');
  if (flag === 'skip-verify') return upgraded(tls, { verify: 'none' });
  if (tls === undefined && (flag === 'preferred' || said('useSSL') === 'true'))
    return upgraded(tls, IF_OFFERED);
  const isOn = flag !== '' && flag !== 'false' && flag !== '0';
  return isOn || tls !== undefined ? upgraded(tls, {}) : PLAIN;
}

/** libpq's `prefer`: plain text where the server offers no TLS, and whatever certificate where it does. */
const IF_OFFERED: TlsOptions = { verify: 'none', required: false };

function upgraded(tls: TlsOptions | undefined, more: TlsOptions): Encryption {
  return { encryption: 'starttls', tls: { ...tls, ...more } };
}
