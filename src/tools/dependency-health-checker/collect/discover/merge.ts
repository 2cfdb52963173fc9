import { type Address, kindOfScheme } from '../../../../project/sightings/address.ts';
import type { Sighting } from '../../../../project/sightings/sighting.ts';

/** All sightings of one dependency. */
export interface Candidate {
  kind: string;
  address: Address | null;
  variable: string | null;
  sources: string[];
  confidence: 'likely' | 'possible';
  nameHint: string;
  statusPage: string | null;
}

/** What the config lists already, in the same terms. */
export interface Listed {
  addresses: ReadonlySet<string>;
  variables: ReadonlySet<string>;
  /** Kinds of which something is listed: a client library of such a kind is explained by it. */
  kinds: ReadonlySet<string>;
}

const WEB = new Set(['http', 'https', 'ws', 'tcp', 'tls']);

/** The same kind at the same place is the same dependency, whatever path or database it is used with. */
export function addressKey({ scheme, host, port }: Address): string {
  return `${kindOfScheme(scheme)} ${host} ${port}`;
}

/**
 * One candidate a dependency, in the order they were first seen. What names only a kind (a client library, a variable
 * without a value) supports the candidates of that kind, and is one of its own only where there is none.
 */
export function mergeSightings(sightings: readonly Sighting[], listed: Listed): Candidate[] {
  const candidates: Candidate[] = [];
  const byAddress = new Map<string, Candidate>();
  const byVariable = new Map<string, Candidate>();
  const add = (sighting: Sighting, known: Candidate | undefined): Candidate => {
    const candidate = known ?? fresh(sighting);
    if (known === undefined) candidates.push(candidate);
    else support(candidate, sighting);
    if (sighting.variable !== null) byVariable.set(sighting.variable, candidate);
    return candidate;
  };

  for (const sighting of sightings) {
    if (sighting.address === null) continue;
    const key = addressKey(sighting.address);
    const known =
      byAddress.get(key) ?? (sighting.variable === null ? undefined : byVariable.get(sighting.variable));
    byAddress.set(key, add(sighting, known));
  }
  for (const sighting of sightings) {
    if (sighting.address !== null) continue;
    const sameVariable = sighting.variable === null ? undefined : byVariable.get(sighting.variable);
    const sameKind = WEB.has(sighting.kind)
      ? []
      : candidates.filter((one) => matchesKind(sighting.kind, one));
    if (sameVariable) support(sameVariable, sighting);
    else if (sameKind.length > 0) for (const candidate of sameKind) support(candidate, sighting);
    else if (!listed.kinds.has(sighting.kind)) add(sighting, undefined);
  }
  return candidates.filter((candidate) => !isListed(candidate, listed));
}

const DATABASES = new Set(['postgres', 'mysql', 'mongodb']);

/** `DATABASE_URL` may be any database. */
function matchesKind(kind: string, candidate: Candidate): boolean {
  return candidate.kind === kind || (kind === 'database' && DATABASES.has(candidate.kind));
}

function fresh({ source, ...sighting }: Sighting): Candidate {
  return { ...sighting, sources: [source] };
}

function support(candidate: Candidate, sighting: Sighting): void {
  if (!candidate.sources.includes(sighting.source)) candidate.sources.push(sighting.source);
  if (sighting.confidence === 'likely') candidate.confidence = 'likely';
  // `http` is how Elasticsearch is spoken to, not what it is.
  if (WEB.has(candidate.kind)) candidate.kind = sighting.kind;
  // A variable without a known value may not even be set where this runs.
  if (sighting.address !== null || candidate.address === null) candidate.variable ??= sighting.variable;
  candidate.statusPage ??= sighting.statusPage;
}

function isListed({ address, variable }: Candidate, listed: Listed): boolean {
  return (
    (address !== null && listed.addresses.has(addressKey(address))) ||
    (variable !== null && listed.variables.has(variable))
  );
}
