import { lookup as systemLookup } from 'node:dns';
import { isIP } from 'node:net';
import { reasonOf } from '../../core/errors.ts';
import type { Clock } from '../clock.ts';
import { abortable } from '../probe/deadline.ts';
import type { StopSignal } from '../probe/stop-signal.ts';
import { DnsFailure } from './failure.ts';
import { type HostsTable, systemHosts } from './hosts-file.ts';
import { candidateNames, lookup } from './lookup.ts';
import { type DnsResponse, sameName } from './query.ts';
import { type ResolverSettings, systemResolverSettings } from './resolv-conf.ts';

export interface ResolvedAddress {
  address: string;
  family: 4 | 6;
}

export interface Resolution {
  /** At least one, in the order to try them. */
  addresses: readonly ResolvedAddress[];
  source: 'literal' | 'hosts' | 'dns' | 'system';
  /** Lowest time to live on the way to the addresses; null where no name server said one. */
  ttlSeconds: number | null;
}

export interface ResolveRequest {
  clock: Clock;
  signal: StopSignal;
  mode: 'own' | 'system';
  family?: 4 | 6;
  /** Other than the machine's own, for tests and for checks of one server. */
  settings?: ResolverSettings;
  hosts?: HostsTable;
}

export type AddressResolver = (host: string, request: ResolveRequest) => Promise<Resolution>;

/** How long a second family may be late before the first one is used alone (RFC 8305, section 3). */
const RESOLUTION_DELAY_MS = 50;
/** A chain of aliases longer than this is a loop. */
const MAX_ALIASES = 8;

/** Host to addresses. Throws DnsFailure, or the signal's reason. A literal address is returned as it is. */
export const resolveAddress: AddressResolver = async (host, request) => {
  const name = host.replace(/^\[|\]$/g, '');
  const literal = isIP(name);
  if (literal !== 0) return found([name], 'literal', null, request.family);
  if (request.mode === 'system') return resolveBySystem(name, request);
  const fromHosts = localAddresses(name, request.hosts ?? systemHosts());
  if (fromHosts !== undefined) return found(fromHosts, 'hosts', null, request.family);
  return resolveByDns(name, request);
};

/** The hosts file, then RFC 6761: `localhost` never reaches a name server. */
function localAddresses(name: string, hosts: HostsTable): readonly string[] | undefined {
  const key = name.toLowerCase().replace(/\.$/, '');
  const listed = hosts.get(key);
  if (listed !== undefined) return listed;
  return key === 'localhost' || key.endsWith('.localhost') ? ['127.0.0.1', '::1'] : undefined;
}

function found(
  addresses: readonly string[],
  source: Resolution['source'],
  ttlSeconds: number | null,
  family: 4 | 6 | undefined,
): Resolution {
  const typed = addresses
    .map((address): ResolvedAddress => ({ address, family: isIP(address) === 6 ? 6 : 4 }))
    .filter((entry) => family === undefined || entry.family === family);
  if (typed.length === 0) throw new DnsFailure('not-found', `no IPv${family ?? 4} address`);
  return { addresses: typed, source, ttlSeconds };
}

async function resolveBySystem(name: string, request: ResolveRequest): Promise<Resolution> {
  const addresses = await abortable<string[]>(request.signal, (resolve, reject) => {
    systemLookup(name, { all: true, family: request.family ?? 0 }, (error, entries) => {
      if (error === null) return resolve(entries.map((entry) => entry.address));
      const kind = error.code === 'ENOTFOUND' ? 'not-found' : 'failed';
      return reject(new DnsFailure(kind, `${name}: ${error.code ?? reasonOf(error)}`));
    });
    // getaddrinfo cannot be stopped: it keeps its pool thread until the C library gives up.
    return () => undefined;
  });
  return found(addresses, 'system', null, request.family);
}

async function resolveByDns(name: string, request: ResolveRequest): Promise<Resolution> {
  const settings = request.settings ?? systemResolverSettings();
  let failure = new DnsFailure('failed', 'no name server is configured');
  for (const candidate of candidateNames(name, settings)) {
    try {
      return await resolveName(candidate, { ...request, settings });
    } catch (error) {
      if (!(error instanceof DnsFailure)) throw error;
      failure = error;
      // Only "there is no such name" makes the next search domain worth a question.
      if (error.kind !== 'not-found') break;
    }
  }
  throw failure;
}

interface FamilyAnswer {
  addresses: readonly string[];
  ttlSeconds: number | null;
}

type NameRequest = ResolveRequest & { settings: ResolverSettings };

async function resolveName(name: string, request: NameRequest): Promise<Resolution> {
  if (request.family !== undefined) {
    const only = await resolveFamily(name, request.family, request);
    return found(only.addresses, 'dns', only.ttlSeconds, request.family);
  }
  const six = settled(resolveFamily(name, 6, request));
  const four = settled(resolveFamily(name, 4, request));
  const first = await Promise.race([six, four]);
  // With an address in hand, wait only a moment for the other family; without one, wait for its verdict.
  const grace = first.ok ? request.clock.sleep(RESOLUTION_DELAY_MS) : undefined;
  const results = await Promise.all(
    [six, four].map((one) => (grace === undefined ? one : Promise.race([one, grace.then(() => null)]))),
  );
  const answers = results.flatMap((result) => (result?.ok === true ? [result.value] : []));
  if (answers.length === 0)
    throw worst(results.map((result) => (result?.ok === false ? result.error : null)));
  const ttls = answers.map((answer) => answer.ttlSeconds).filter((ttl) => ttl !== null);
  return found(
    answers.flatMap((answer) => answer.addresses),
    'dns',
    ttls.length === 0 ? null : Math.min(...ttls),
    undefined,
  );
}

type Settled = { ok: true; value: FamilyAnswer } | { ok: false; error: unknown };

function settled(answer: Promise<FamilyAnswer>): Promise<Settled> {
  return answer.then(
    (value) => ({ ok: true, value }),
    (error: unknown) => ({ ok: false, error }),
  );
}

/** Both families failed: what tells most about the servers comes before "no such name". */
function worst(errors: readonly unknown[]): unknown {
  const rank = (error: unknown): number =>
    error instanceof DnsFailure ? ['not-found', 'failed', 'timeout'].indexOf(error.kind) : 3;
  return errors.filter((error) => error !== null).toSorted((a, b) => rank(b) - rank(a))[0];
}

/** Follows aliases inside the answer, and asks again where the server left the chain open. */
async function resolveFamily(name: string, family: 4 | 6, request: NameRequest): Promise<FamilyAnswer> {
  const type = family === 6 ? 'AAAA' : 'A';
  const ttls: number[] = [];
  let wanted = name;
  for (let aliases = 0; aliases <= MAX_ALIASES;) {
    const response = await lookup({ name: wanted, type }, request);
    if (response?.outcome !== 'answer' && response?.outcome !== 'empty') throw failureOf(name, response);
    const before = wanted;
    for (; aliases <= MAX_ALIASES; aliases += 1) {
      const alias = response.records.find(
        (record) => record.type === 'CNAME' && sameName(record.name, wanted),
      );
      if (alias === undefined) break;
      ttls.push(alias.ttlSeconds);
      wanted = alias.value;
    }
    const records = response.records.filter(
      (record) => record.type === type && sameName(record.name, wanted),
    );
    if (records.length > 0) {
      ttls.push(...records.map((record) => record.ttlSeconds));
      return { addresses: records.map((record) => record.value), ttlSeconds: Math.min(...ttls) };
    }
    if (wanted === before) throw new DnsFailure('not-found', `${name} has no ${type} record`);
  }
  throw new DnsFailure('failed', `${name} is an alias that leads in a circle`);
}

function failureOf(name: string, response: DnsResponse | undefined): DnsFailure {
  if (response === undefined) return new DnsFailure('failed', 'no name server is configured');
  const server = `${response.server.address}:${response.server.port}`;
  if (response.outcome === 'not-found') {
    return new DnsFailure('not-found', `${server} says that ${name} does not exist (NXDOMAIN)`);
  }
  if (response.outcome === 'timeout') {
    return new DnsFailure('timeout', `no name server answered for ${name}, last asked ${server}`);
  }
  return new DnsFailure(
    'failed',
    `${server} could not answer for ${name} (${response.rcode ?? response.outcome})`,
  );
}
