import type { Fact, ProjectService } from './facts.ts';
import { found } from './fact.ts';
import { databaseKind } from './databases.ts';
import { isForShow } from './environment.ts';
import type { ProjectFile, Repository } from './repository.ts';
import { isComposeFile, sightInCompose } from './sightings/compose.ts';
import {
  isEnvironmentFile,
  readEnvironmentFile,
  sightInEnvironment,
  sightVariable,
} from './sightings/environment.ts';
import { sightInPackages } from './sightings/packages.ts';
import type { Sighting } from './sightings/sighting.ts';
import { isSourceFile, sightInSource } from './sightings/source-code.ts';
import { isPlaceholderHost } from './sightings/hosts.ts';
import { kindOfVariable } from './sightings/kinds.ts';

/** What the project calls that is no database of its own. */
export function servicesOf(repository: Repository): Fact<ProjectService>[] {
  const sightings = repository.own
    .flatMap(sightIn)
    .filter(
      ({ kind, address }) => databaseKind(address?.scheme ?? kind) === undefined && kind !== 'database',
    );
  const groups = new Map<string, Sighting[]>();
  for (const one of sightings.filter(isSure)) {
    const key = keyOf(one);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group;
    const host =
      group
        .flatMap(({ address }) => address?.host ?? [])
        .find((name) => !isPlaceholderHost(name) || name === 'localhost') ?? null;
    const value: ProjectService = {
      name: nameOf(group),
      kind: first?.kind ?? 'https',
      variable: group.find(({ variable }) => variable !== null)?.variable ?? namedVariable(group),
      host,
    };
    return found(value, ...new Set(group.map(({ source }) => source.replace(/^(\S+?):(?!\d).*$/, '$1'))));
  });
}

/** `REDIS_HOST`, `KAFKA_BROKERS`: no URL, but where it answers. */
function namedVariable(group: readonly Sighting[]): string | null {
  return group.flatMap(({ source }) => /^\S*\.?env\S*: ([A-Z]\w*)$/.exec(source)?.[1] ?? [])[0] ?? null;
}

function sightIn({ path, name, text }: ProjectFile): Sighting[] {
  try {
    if (isEnvironmentFile(name)) {
      const variables = readEnvironmentFile(text);
      if (isForShow(name)) return sightInEnvironment(path, variables);
      // Of a real env file only the names are used.
      return [...variables.keys()]
        .filter((variable) => kindOfVariable(variable) !== undefined && /_UR[LI]$/.test(variable))
        .map((variable) => ({ ...sightVariable(variable), source: path }));
    }
    if (isComposeFile(name))
      return sightInCompose(path, text).sightings.map((one) => ({ ...one, variable: null }));
    if (isSourceFile(name)) return sightInSource(path, text);
    return sightInPackages(path, name, text) ?? [];
  } catch {
    return [];
  }
}

/** A page that code links to is no service; a variable that waits for a URL is one. */
function isSure({ confidence, variable, kind }: Sighting): boolean {
  return confidence === 'likely' || variable !== null || !/^https?$/.test(kind);
}

/** Brokers, caches and mail: one of a kind, whatever names it in files; of the web, one a host or a name. */
function keyOf({ kind, nameHint }: Sighting): string {
  return /^https?$|^ws$|^grpc$/.test(kind) ? `web ${nameHint.toLowerCase()}` : kind;
}

function nameOf(group: readonly Sighting[]): string {
  const [first] = group;
  if (first === undefined) return '';
  return /^https?$|^ws$|^grpc$/.test(first.kind)
    ? first.nameHint.toLowerCase().replaceAll('_', '-')
    : first.kind;
}
