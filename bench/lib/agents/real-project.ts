import type { ProjectFacts } from '../../../src/project/facts.ts';
import type { PackageSource } from './package-sources.ts';

/** A backend that others wrote, and what was listed of it before its reader was asked: `bench/data/agents/real-projects/*.json`. */
export interface RealProject {
  source: PackageSource;
  /** Where the endpoints were taken from. */
  oracle: string;
  /** Kinds of which everything is listed, so that whatever else is found of them is invented. */
  complete: readonly string[];
  /** Paths whose methods the oracle does not tell: views of the framework itself. */
  notJudged?: readonly string[];
  /** optional: this router answers with and without a slash at the end. */
  trailingSlash?: 'optional';
  /** A line or several of each kind; null: there is none. What is absent is not judged. */
  facts: Readonly<Record<string, string | number | null | readonly string[]>>;
  /** Path, and its methods with blanks between. */
  endpoints: Readonly<Record<string, string>>;
}

export interface RealScore {
  expected: number;
  missing: string[];
  invented: string[];
  /** The same for endpoints alone. */
  endpoints: { expected: number; missing: number; invented: number };
}

export function scoreRealProject(facts: ProjectFacts, project: RealProject): RealScore {
  const expected = expectedLines(project);
  const found = foundLines(facts, project);
  const missing = [...expected].filter((line) => !found.has(line));
  const judged = new Set(project.complete);
  // One of many answers, and an answer where there is none.
  const isJudged = (line: string): boolean => {
    const kind = line.slice(0, line.indexOf(':'));
    if (project.notJudged?.some((path) => line.endsWith(` ${path}`)) === true) return false;
    const isListed = kind === 'endpoints' || kind in project.facts;
    return isListed && (judged.has(kind) || ['name', 'openapi', 'port'].includes(kind));
  };
  const invented = [...found].filter((line) => !expected.has(line) && isJudged(line));
  const endpoints = (lines: Iterable<string>): number =>
    [...lines].filter((line) => line.startsWith('endpoints:')).length;
  return {
    expected: expected.size,
    missing,
    invented,
    endpoints: {
      expected: endpoints(expected),
      missing: endpoints(missing),
      invented: endpoints(invented),
    },
  };
}

function expectedLines(project: RealProject): Set<string> {
  const facts = Object.entries(project.facts).flatMap(([kind, value]) =>
    [value].flat().flatMap((one) => (one === null ? [] : [`${kind}: ${one}`])),
  );
  const endpoints = Object.entries(project.endpoints).flatMap(([path, methods]) =>
    methods.split(' ').map((method) => endpointLine(method, path, project)),
  );
  return new Set([...facts, ...endpoints]);
}

function foundLines(facts: ProjectFacts, project: RealProject): Set<string> {
  const lines = (kind: string, values: readonly (string | number)[]): string[] =>
    values.map((value) => `${kind}: ${value}`);
  return new Set([
    ...lines('name', [facts.name.value]),
    ...lines(
      'frameworks',
      facts.frameworks.map(({ value }) => value.id),
    ),
    ...lines(
      'databases',
      facts.databases.map(({ value }) => value.kind),
    ),
    ...lines(
      'orms',
      facts.orms.map(({ value }) => value),
    ),
    ...lines(
      'migrations',
      facts.migrations.map(({ value }) => `${value.folder} ${value.style} ${value.count} ${value.newest}`),
    ),
    ...lines('openapi', facts.openapi === null ? [] : [facts.openapi.value]),
    ...lines('port', facts.port === null ? [] : [facts.port.value]),
    ...lines(
      'commands',
      facts.commands.map(({ value }) => `${value.does}: ${value.line}`),
    ),
    ...lines(
      'docker',
      facts.docker.map(({ value }) => value),
    ),
    ...lines(
      'ci',
      facts.ci.map(({ value }) => value),
    ),
    ...facts.endpoints.map(({ value }) => endpointLine(value.method, value.path, project)),
  ]);
}

/** Without the names of parameters: routers do not tell paths apart by them, and frameworks rename some in their documents. */
function endpointLine(method: string, path: string, { trailingSlash }: RealProject): string {
  const isCut = trailingSlash === 'optional' && path.length > 1;
  return `endpoints: ${method} ${(isCut ? path.replace(/\/$/, '') : path).replace(/\{\w+\}/g, '{}')}`;
}
