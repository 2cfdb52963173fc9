import { RearguardError } from '../../core/errors.ts';

/** A connection URL taken apart, so that nothing in it can override what a session insists on. */
export interface DatabaseAddress {
  /** Without `options` and `application_name`, which the driver would prefer to ours. */
  connectionString: string;
  /** The URL's own startup options, such as a search_path. */
  options: string;
  /** For people: `PostgreSQL at host:5432/shop`. */
  label: string;
  /** Replaces the password wherever it occurs, in either spelling. */
  redact(text: string): string;
}

const OVERRIDABLE = ['options', 'application_name', 'statement_timeout', 'lock_timeout', 'query_timeout'];

/** The URL never appears in the error: what cannot be parsed cannot be redacted either. */
export function parseAddress(url: string): DatabaseAddress {
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    throw new RearguardError('E_UNREACHABLE', {
      what: 'the database',
      reason: 'its address is not a valid postgresql:// URL',
      hint: 'Write it as postgresql://user:password@host:5432/name; encode special characters in the password.',
    });
  }
  const parsed = new URL(url);
  const options = parsed.searchParams.get('options') ?? '';
  for (const name of OVERRIDABLE) parsed.searchParams.delete(name);
  const secrets = [parsed.password, parsed.searchParams.get('password') ?? '']
    .flatMap((secret) => [secret, decoded(secret)])
    .filter((secret) => secret !== '');
  return {
    connectionString: parsed.href,
    options,
    label: `PostgreSQL at ${parsed.host || 'the default host'}${parsed.pathname}`,
    redact: (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
