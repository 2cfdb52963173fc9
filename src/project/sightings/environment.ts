import { type Address, kindOfScheme, readUrl } from './address.ts';
import { isIrrelevantHost, isPlaceholderHost } from './hosts.ts';
import { addressOfKind, kindOfDatabase, kindOfVariable } from './kinds.ts';
import { type Sighting, sourceText } from './sighting.ts';
import { vendorOfHost } from './vendors.ts';

/** `.env`, `.env.example`, `shop.env`, `.envrc` */
export function isEnvironmentFile(fileName: string): boolean {
  return /^\.env(?:\.[\w.-]+|rc)?$|^[\w-]+\.env$|^env\.(?:example|sample|template)$/.test(fileName);
}

/** Names of variables that speak of the backend itself or of who calls it. */
const OWN =
  /^(?:APP|BASE|PUBLIC|SITE|FRONTEND|CLIENT|WEB|WEBSITE|SERVER|API_BASE|NEXT_PUBLIC_\w+|VITE_\w+|NEXTAUTH|AUTH|HOST|ROOT|SELF|ADMIN|HOMEPAGE|ORIGIN)_?(?:URL|URI|HOST|ORIGIN)?$|CORS|ALLOWED|REDIRECT|CALLBACK|ORIGINS?$|_PROXY$/i;

const HOLDS_URL =
  /_(?:URL|URI|DSN|ENDPOINT|CONNECTION_STRING)$|^(?:DATABASE|REDIS|MONGO(?:DB)?)(?:URL|URI)$/i;

/** The variables of a file in dotenv form, as written; values may hold secrets and go no further than this folder. */
export function readEnvironmentFile(text: string): Map<string, string> {
  const variables = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, name, raw = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w{0,99})\s*=(.*)$/.exec(line) ?? [];
    if (name !== undefined && !variables.has(name)) variables.set(name, unquoted(raw.trim()));
  }
  return variables;
}

function unquoted(raw: string): string {
  const quoted = /^(["'])(.*?)\1/.exec(raw);
  return quoted ? (quoted[2] ?? '') : raw.replace(/(?:^|\s)#.*$/, '').trim();
}

/** What variables say of dependencies. Of a value only its scheme, host and port are kept. */
export function sightInEnvironment(path: string, variables: ReadonlyMap<string, string>): Sighting[] {
  return [...variables].flatMap(([name, value]): Sighting[] => {
    if (OWN.test(name)) return [];
    const found = fromUrl(name, value) ?? fromBrokers(name, value) ?? fromHost(name, value, variables);
    const seen = found ?? fromName(name, value);
    return seen === undefined ? [] : [{ ...seen, source: sourceText(path, name) }];
  });
}

type Seen = Omit<Sighting, 'source'>;

function fromUrl(name: string, value: string): Seen | undefined {
  const url = readUrl(value);
  if (url === null) return undefined;
  const isWeb = /^(?:https?|wss?)$/.test(url.scheme);
  const host = url.address?.host;
  const known = isWeb && url.scheme.startsWith('http') ? kindOfVariable(name) : undefined;
  if (
    isWeb &&
    host !== undefined &&
    host !== 'localhost' &&
    isIrrelevantHost(host) &&
    !isPlaceholderHost(host)
  )
    return undefined;
  const vague = host === undefined || (isPlaceholderHost(host) && (isWeb || host !== 'localhost'));
  const address = vague && host !== 'localhost' ? null : url.address;
  if (address === null && !url.usable && isWeb) return undefined;
  const vendor = address === null ? undefined : vendorOfHost(address.host);
  return {
    kind: known?.kind ?? kindOfScheme(url.scheme),
    address: known?.kind === 's3' && address ? { ...address, scheme: `s3+${url.scheme}` } : address,
    // Behind a placeholder the value is not the one the program gets.
    variable: url.usable || value.includes('${') ? name : null,
    confidence: vague ? 'possible' : 'likely',
    nameHint: vendor?.name ?? nameOf(name, known?.kind ?? kindOfScheme(url.scheme)),
    statusPage: vendor?.statusPage ?? null,
  };
}

/** `KAFKA_BROKERS=kafka-1:9092,kafka-2:9092`: one of them is enough to ask for the others. */
function fromBrokers(name: string, value: string): Seen | undefined {
  if (!/KAFKA\w*(?:BROKERS?|BOOTSTRAP\w*|SERVERS?)$/i.test(name)) return undefined;
  const known = kindOfVariable('KAFKA');
  const [first = ''] = value.split(',');
  const address = known === undefined ? null : addressOfKind(known, first.trim());
  return {
    kind: 'kafka',
    address,
    variable: null,
    confidence: 'likely',
    nameHint: 'kafka',
    statusPage: null,
  };
}

/** `REDIS_HOST` with `REDIS_PORT`; `DB_HOST` with a dialect or a port beside it. */
function fromHost(name: string, value: string, all: ReadonlyMap<string, string>): Seen | undefined {
  const [, front] = /^(\w*?)_?(?:HOST|HOSTNAME|SERVER)$/i.exec(name) ?? [];
  if (!front || value === '' || readUrl(value) !== null) return undefined;
  const sibling = (suffixes: readonly string[]): string | undefined =>
    suffixes.map((suffix) => all.get(`${front}_${suffix}`) ?? all.get(`${front}${suffix}`)).find(Boolean);
  const portText = sibling(['PORT']);
  const port = portText !== undefined && /^\d{1,5}$/.test(portText) ? Number(portText) : undefined;
  const isDatabase = /(?:^|_)(?:DB|DATABASE)$/i.test(front);
  const known = isDatabase
    ? kindOfDatabase(sibling(['CONNECTION', 'DIALECT', 'TYPE', 'CLIENT', 'ENGINE', 'DRIVER']), port)
    : kindOfVariable(front);
  const address: Address | null = known === undefined ? null : addressOfKind(known, value, port);
  if (known === undefined || address === null) return undefined;
  if (isPlaceholderHost(address.host) && address.host !== 'localhost') return undefined;
  return {
    kind: known.kind,
    address,
    variable: null,
    confidence: 'likely',
    nameHint: nameOf(front, known.kind),
    statusPage: null,
  };
}

/** A variable that waits for a URL; its name is all there is. */
function fromName(name: string, value: string): Seen | undefined {
  if (!HOLDS_URL.test(name) || !/^$|^[<[{].*[>\]}]$|^x+$|^(?:changeme|todo|your)/i.test(value))
    return undefined;
  return sightVariable(name);
}

/** What the name alone says: the kind where it names one, else an address of the web. */
export function sightVariable(name: string): Seen {
  const kind = kindOfVariable(name)?.kind ?? (/^(?:DATABASE|DB)_/i.test(name) ? 'database' : 'https');
  return {
    kind,
    address: null,
    variable: name,
    confidence: 'possible',
    nameHint: nameOf(name, kind),
    statusPage: null,
  };
}

/** `PAYMENT_API_URL` is `PAYMENT`; `DATABASE_URL` says no more than the kind. */
function nameOf(variable: string, kind: string): string {
  const bare = variable.replace(
    /(?:_(?:PRIVATE|PUBLIC|INTERNAL|BASE|API|SERVICE|CONNECTION|STRING|URL|URI|DSN|ENDPOINT|HOST))+$/i,
    '',
  );
  return /^(?:DB|DATABASE|URL|URI|DSN|API|SERVICE)?$/i.test(bare) ? kind : bare;
}
