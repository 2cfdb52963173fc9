import { parse } from 'yaml';
import type { CommandContext } from '../../context.ts';
import { formatAddress } from '../../../project/sightings/address.ts';
import { sightInConfig } from './discover/config-sightings.ts';
import { listedInConfig } from './discover/listed.ts';
import { type Candidate, mergeSightings } from './discover/merge.ts';
import { nameCandidates } from './discover/names.ts';
import { readProject } from './discover/read-project.ts';
import type { Sighting } from '../../../project/sightings/sighting.ts';

/** A dependency that was found, for a person to confirm; nothing of it is a secret. */
export interface Proposal {
  /** kebab-case and unique, also among what the config lists. */
  name: string;
  /** Scheme family: postgres, redis, https … */
  kind: string;
  /** Scheme, host and port; null where only the kind or the variable is known. */
  url: string | null;
  /** `{ $env: REDIS_URL }` where the whole URL stands in a variable that a config can refer to. */
  reference: string | null;
  /** `compose.yaml: service redis`, `src/pay.ts:12`, `package-lock.json: ioredis 5.4.1` */
  sources: string[];
  confidence: 'likely' | 'possible';
  /** Of a vendor that is known. */
  statusPage: string | null;
}

export interface Discovery {
  proposals: Proposal[];
  filesRead: number;
  /** What could not be read, and why. */
  unread: string[];
}

/** What the project needs and the config does not list yet. */
export async function discoverDependencies(ctx: CommandContext): Promise<Proposal[]> {
  return (await discover(ctx)).proposals;
}

/** The same, with what was read and what was not. Reads files only; of documents elsewhere, only those the config names. */
export async function discover(ctx: CommandContext): Promise<Discovery> {
  const project = await readProject(ctx);
  const config = await sightInConfig(ctx);
  const listed = await listedInConfig(ctx);
  const sightings = [...project.sightings, ...config.sightings].map((sighting) =>
    fromOutside(sighting, project.services),
  );
  const candidates = mergeSightings(sightings, listed).toSorted(likelyFirst);
  const names = nameCandidates(candidates, listed.names);
  return {
    proposals: candidates.map((candidate, index) => toProposal(candidate, names[index] ?? candidate.kind)),
    filesRead: project.filesRead,
    unread: [...project.unread, ...config.unread],
  };
}

/** The name of a service in a compose file means something only inside; from here it answers elsewhere. */
function fromOutside(
  sighting: Sighting,
  services: ReadonlyMap<string, { host: string; port: number }>,
): Sighting {
  const place = sighting.address === null ? undefined : services.get(sighting.address.host);
  if (sighting.address === null || place === undefined || place.host === sighting.address.host)
    return sighting;
  return { ...sighting, variable: null, address: { ...sighting.address, ...place } };
}

function likelyFirst(a: Candidate, b: Candidate): number {
  const rank = ({ confidence, address, variable }: Candidate): number =>
    (confidence === 'likely' ? 0 : 2) + (address === null && variable === null ? 1 : 0);
  return rank(a) - rank(b);
}

const MAX_SOURCES = 8;

function toProposal(candidate: Candidate, name: string): Proposal {
  const { kind, address, variable, sources, confidence, statusPage } = candidate;
  const omitted = sources.length - MAX_SOURCES;
  return {
    name,
    kind,
    url: address === null ? null : formatAddress(address),
    reference: variable === null ? null : `{ $env: ${variable} }`,
    sources: omitted > 0 ? [...sources.slice(0, MAX_SOURCES), `${omitted} more places`] : sources,
    confidence,
    statusPage,
  };
}

/** How a proposal is written under `dependencies:`; null when nobody knows its address. */
export function settingsOf({ kind, url, reference, statusPage }: Proposal): Record<string, unknown> | null {
  const place: unknown = reference === null ? url : parse(reference);
  if (place === null) return null;
  // Of an API only the front door is known, and without credentials 401 or 404 is the answer of one that works.
  const isWeb = kind === 'https' || kind === 'http';
  return {
    url: place,
    ...(isWeb ? { expect: { status: ['2xx', '3xx', '4xx'] } } : {}),
    ...(statusPage === null ? {} : { statusPage }),
  };
}
