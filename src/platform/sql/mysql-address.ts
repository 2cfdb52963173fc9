import { RearguardError } from '../../core/errors.ts';

/** A mysql:// URL taken apart; nothing in it can change what a session insists on. */
export interface MysqlAddress {
  host: string;
  port: number;
  /** A socket of the machine's own; host and port do not matter then. */
  socketPath?: string;
  user: string;
  password: string;
  database: string;
  tls: MysqlTls;
  /** For people: `MySQL at host:3306/shop`. */
  label: string;
  /** Replaces the password wherever it occurs, in either spelling. */
  redact(text: string): string;
}

export interface MysqlTls {
  /** preferred: in clear text where the server offers none. */
  use: 'no' | 'preferred' | 'required';
  /** issuer: whatever name the certificate has. */
  verify: 'none' | 'issuer' | 'identity';
}

const DEFAULT_PORT = 3_306;

/** The URL never appears in the error: what cannot be parsed cannot be redacted either. */
export function parseMysqlAddress(url: string): MysqlAddress {
  if (!URL.canParse(url) || !/^(?:mysql|mariadb):$/.test(new URL(url).protocol)) {
    throw new RearguardError('E_UNREACHABLE', {
      what: 'the database',
      reason: 'its address is not a valid mysql:// URL',
      hint: 'Write it as mysql://user:password@host:3306/name; encode special characters in the password.',
    });
  }
  const parsed = new URL(url);
  const said = (...names: string[]): string =>
    names.map((name) => parsed.searchParams.get(name)).find((value) => value !== null) ?? '';
  const socketPath = said('socket', 'socketPath', 'unix_socket');
  const secrets = [parsed.password, decoded(parsed.password)].filter((secret) => secret !== '');
  const host = parsed.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1';
  return {
    host,
    port: parsed.port === '' ? DEFAULT_PORT : Number(parsed.port),
    ...(socketPath === '' ? {} : { socketPath }),
    user: decoded(parsed.username),
    password: decoded(parsed.password),
    database: decoded(parsed.pathname.slice(1)),
    tls: tlsOf(said),
    label: `${parsed.protocol === 'mariadb:' ? 'MariaDB' : 'MySQL'} at ${socketPath || parsed.host || host}${parsed.pathname}`,
    redact: (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text),
  };
}

/**
 * Manual, "Command Options for Encrypted Connections", and the words of drivers: `tls` of Go, `ssl` of mysql2 (also as
 * JSON), `sslaccept` of Prisma, `useSSL` of Java. In clear text where the URL is silent, as most drivers do.
 */
function tlsOf(said: (...names: string[]) => string): MysqlTls {
  switch (said('ssl-mode', 'sslmode', 'sslMode').toLowerCase().replaceAll('-', '_')) {
    case 'disabled':
    case 'disable':
      return { use: 'no', verify: 'none' };
    case 'preferred':
    case 'prefer':
      return { use: 'preferred', verify: 'none' };
    case 'required':
    case 'require':
      return { use: 'required', verify: 'none' };
    case 'verify_ca':
      return { use: 'required', verify: 'issuer' };
    case 'verify_identity':
    case 'verify_full':
      return { use: 'required', verify: 'identity' };
    default:
  }
  const accept = said('sslaccept');
  if (accept !== '') return { use: 'required', verify: accept === 'strict' ? 'identity' : 'none' };
  const flag = said('tls', 'ssl');
  if (flag === 'skip-verify' || /"rejectUnauthorized"\s*:\s*false/.test(flag)) {
    return { use: 'required', verify: 'none' };
  }
  if (flag === 'preferred' || said('useSSL') === 'true') return { use: 'preferred', verify: 'none' };
  const isOn = flag !== '' && flag !== 'false' && flag !== '0';
  return isOn ? { use: 'required', verify: 'identity' } : { use: 'no', verify: 'none' };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
