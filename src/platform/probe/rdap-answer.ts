import { sanitizeText } from './untrusted-text.ts';

/** What a registry says of a domain (RFC 9083, section 5.3); null where it does not say. */
export interface Registration {
  /** ISO 8601, UTC. */
  expires: string | null;
  registrar: string | null;
  /** Status values, sorted, joined by a comma: `client transfer prohibited`. */
  status: string | null;
}

/** Entries of an answer that are looked at; real ones have a dozen. */
const MAX_ENTRIES = 64;

/** null when the text is no RDAP answer about a domain. Whatever is in it may be anything. */
export function parseRegistration(text: string): { name: string | null; registration: Registration } | null {
  const answer = parseObject(text);
  if (answer?.['objectClassName'] !== 'domain') return null;
  const expiration = entries(answer['events']).find((event) => event['eventAction'] === 'expiration');
  const registrar = entries(answer['entities']).find((entity) => list(entity['roles']).includes('registrar'));
  const status = list(answer['status']).filter((value) => typeof value === 'string');
  return {
    name: typeof answer['ldhName'] === 'string' ? answer['ldhName'] : null,
    registration: {
      expires: isoDate(expiration?.['eventDate']),
      registrar: registrar === undefined ? null : nameOf(registrar),
      status: status.length === 0 ? null : sanitizeText(status.sort().join(', ')),
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parseObject(text: string): Fields | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return isFields(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, MAX_ENTRIES) : [];
}

function entries(value: unknown): Fields[] {
  return list(value).filter(isFields);
}

function isoDate(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? null : new Date(atMs).toISOString();
}

/** A jCard (RFC 7095): `["vcard", [["fn", {}, "text", "Example Registrar"], ...]]`; without a name, the handle. */
function nameOf(entity: Fields): string | null {
  const properties = list(list(entity['vcardArray'])[1]).map(list);
  const name = properties.find(([property]) => property === 'fn')?.[3] ?? entity['handle'];
  return typeof name === 'string' && name !== '' ? sanitizeText(name) : null;
}
