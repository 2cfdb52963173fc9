import { kindOfScheme, readUrl } from './address.ts';
import { sightVariable } from './environment.ts';
import { isApiHost, isIrrelevantHost, isReadingHost } from './hosts.ts';
import { kindOfVariable } from './kinds.ts';
import { type Sighting, sourceText } from './sighting.ts';
import { isStatusHost, vendorOfHost } from './vendors.ts';

const LANGUAGES =
  /\.(?:[cm]?[jt]sx?|py|rb|go|java|kt|kts|scala|groovy|rs|php|cs|fs|ex|exs|erl|clj|swift|dart|pl|lua|sh|md)$/i;

export function isSourceFile(fileName: string): boolean {
  return LANGUAGES.test(fileName) && !/\.min\.[cm]?js$|\.d\.[cm]?ts$|^CHANGELOG/i.test(fileName);
}

/** Tests, fixtures and examples name much that the backend does not need. */
export function isTestPath(path: string): boolean {
  return /(?:^|\/)(?:tests?|__tests__|__mocks__|specs?|fixtures?|examples?|e2e|mocks?|testdata)\/|[._-](?:test|spec)\.\w+$/i.test(
    path,
  );
}

const URL_LITERAL =
  /(?<![\w+.-])(?:https?|wss?|postgres(?:ql)?|mysql|mariadb|rediss?|mongodb|amqps?|nats|mqtts?|smtps?):\/\/[^\s"'`<>\\]{1,500}(\\?)/gi;

/** A variable as ten languages read it. */
const VARIABLE =
  /(?:\bprocess\.env\.|\bimport\.meta\.env\.|(?:\bprocess\.env|\bos\.environ|\bENV)\[["']|\b(?:os\.environ\.get|os\.getenv|os\.Getenv|ENV\.fetch|System\.getenv|Deno\.env\.get|env::var|getenv)\(["'])([A-Z][A-Z0-9_]{2,80}_(?:URL|URI|DSN))\b/g;

/** The URLs that stand in source code, and the variables of known kinds that it reads; each host or variable once a file. */
export function sightInSource(path: string, text: string): Sighting[] {
  const seen = new Set<string>();
  const once = (key: string): boolean => !seen.has(key) && seen.add(key).size > 0;
  const lineOf = lineCounter(text);
  const urls = [...text.matchAll(URL_LITERAL)].flatMap((match): Sighting[] => {
    // Behind a backslash the literal goes on, and with it perhaps a password.
    if (match[1] !== '') return [];
    const weak = isTestPath(path) || /\.md$/i.test(path) || isComment(text, match.index);
    const sighting = sightUrl(match[0], weak);
    if (sighting === undefined || !once(`${sighting.kind} ${sighting.address?.host}`)) return [];
    return [{ ...sighting, source: sourceText(path, lineOf(match.index)) }];
  });
  const variables = [...text.matchAll(VARIABLE)].flatMap(({ 1: name = '', index }): Sighting[] => {
    if (isTestPath(path) || kindOfVariable(name) === undefined || !once(name)) return [];
    return [{ ...sightVariable(name), source: sourceText(path, lineOf(index)) }];
  });
  return [...urls, ...variables];
}

function sightUrl(literal: string, weak: boolean): Omit<Sighting, 'source'> | undefined {
  const url = readUrl(literal.replace(/[).,;:!?\]}*]+$/, ''));
  const address = url?.address ?? null;
  if (url === null || address === null) return undefined;
  if (isIrrelevantHost(address.host) || isStatusHost(address.host)) return undefined;
  const vendor = vendorOfHost(address.host);
  const isConnection = !/^(?:https?|wss?)$/.test(url.scheme);
  // A name without a dot is a host of the own network only where a port says so; else it is a word.
  const isBareWord =
    !address.host.includes('.') && !address.host.includes(':') && !/:\d+/.test(literal.slice(8));
  const isForPrograms = vendor !== undefined || isApiHost(address.host);
  if (weak ? !isForPrograms : !isForPrograms && !isConnection && (isBareWord || isReadingHost(address.host)))
    return undefined;
  return {
    kind: kindOfScheme(url.scheme),
    address,
    variable: null,
    confidence: !weak && (isForPrograms || isConnection) ? 'likely' : 'possible',
    nameHint: vendor?.name ?? nameOfHost(address.host),
    statusPage: vendor?.statusPage ?? null,
  };
}

/** `api.eu.payments.co.uk` is payments, `search.shop.internal` is search, an address is itself. */
export function nameOfHost(host: string): string {
  if (!/[a-z]/.test(host) || host.includes(':')) return `host-${host}`;
  const labels = host.split('.');
  const isOwn = labels.length < 2 || /\.(?:local|internal|lan|svc|corp|home|intranet)$/.test(host);
  if (isOwn) return labels[0] ?? host;
  const last = /^(?:co|com|org|net|gov|ac|edu)$/.test(labels.at(-2) ?? '') && labels.length > 2 ? -3 : -2;
  return labels.at(last) ?? host;
}

const LINE_START_LIMIT = 300;

/** Whether a comment begins before the place on its line. Block comments without stars at the margin are not seen. */
function isComment(text: string, index: number): boolean {
  const near = text.slice(Math.max(0, index - LINE_START_LIMIT), index);
  const before = near.slice(near.lastIndexOf('\n') + 1);
  return /^\s*(?:\/\/|#|\*|\/\*|<!--|--\s|;)|(?:^|[\s;{}(),])(?:\/\/|\/\*|#)\s/.test(before);
}

/** One-based line of an offset; cheap when asked in order. */
function lineCounter(text: string): (index: number) => number {
  let line = 1;
  let at = 0;
  return (index) => {
    if (index < at) [line, at] = [1, 0];
    for (let next = text.indexOf('\n', at); next !== -1 && next < index; next = text.indexOf('\n', at)) {
      line += 1;
      at = next + 1;
    }
    return line;
  };
}
