import { oneLine } from '../../core/text.ts';
import type { Fact, ProjectDatabase, ProjectFacts, ProjectService } from '../../project/facts.ts';
import { endpointLines } from './config-endpoints.ts';
import { dependencyLines } from './config-dependencies.ts';
import { commentOf, indent, propertyName, quoted, whereOf } from './config-words.ts';

export interface ConfigChoices {
  /** Where the backend answers, as the user said; null: what the project shows. */
  baseUrl: string | null;
}

/**
 * The first rearguard.config.ts: what was found, where it was found, a comment where it was guessed, and what is unknown as
 * a line to complete. Secrets are references only.
 */
export function configText(facts: ProjectFacts, choices: ConfigChoices): string {
  const body = [
    ...section('targets', [...httpTarget(facts, choices), ...databaseTargets(facts)]),
    ...section('dependencies', dependencyLines([...facts.services, ...serversWithoutTool(facts)])),
    ...section('tools', [...healthSection(facts), ...errorSection(facts)]),
  ];
  const usesEnv = body.some((line) => /^[^/]*\benv\(/.test(line));
  return [
    `import { defineConfig${usesEnv ? ', env' : ''} } from 'rearguard';`,
    '',
    '// Written by `rearguard init` from what this repository shows; it is yours from now on. `rearguard doctor` says what is',
    '// missing, `rearguard config print` shows every setting, `rearguard schema config` all that may stand here.',
    'export default defineConfig({',
    ...indent(body),
    '});',
    '',
  ].join('\n');
}

function section(name: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${name}: {`, ...indent(lines), '},'];
}

function httpTarget(facts: ProjectFacts, { baseUrl }: ConfigChoices): string[] {
  const { port, openapi } = facts;
  const url = baseUrl ?? (port === null ? null : `http://localhost:${port.value}`);
  if (url === null) {
    return [
      '// Unknown: where the backend answers. Complete this line:',
      "// api: { baseUrl: 'http://localhost:3000' },",
    ];
  }
  const source = baseUrl === null && port !== null ? whereOf(port) : null;
  const document = openapi === null ? null : openapiReference(openapi.value, url);
  return [
    ...(source === null ? [] : [commentOf(`Where the backend answers: port ${source}.`)]),
    ...(openapi === null ? [] : [commentOf(`OpenAPI document: ${whereOf(openapi)}.`)]),
    `api: { baseUrl: ${quoted(url)}${document === null ? '' : `, openapi: ${quoted(document)}`} },`,
  ];
}

/** A path that begins with `/` is served by the framework. */
function openapiReference(place: string, baseUrl: string): string {
  return place.startsWith('/') ? new URL(place, baseUrl).href : place;
}

function databaseTargets({ databases }: ProjectFacts): string[] {
  const names = new Map<string, number>();
  return databases.flatMap((fact) => {
    const { kind, driver } = fact.value;
    const used = (names.get(kind) ?? 0) + 1;
    names.set(kind, used);
    const base = databases.length === 1 ? 'database' : kind;
    const name = used === 1 ? base : `${base}-${used}`;
    const what = `${KINDS[kind]}${driver === null ? '' : ` by ${oneLine(driver)}`}: ${whereOf(fact)}.`;
    return databaseLines(name, fact, what);
  });
}

const KINDS: Readonly<Record<ProjectDatabase['kind'], string>> = {
  postgresql: 'PostgreSQL',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  sqlite: 'SQLite',
  mongodb: 'MongoDB',
  mssql: 'SQL Server',
  oracle: 'Oracle Database',
};

const LOOKED_INTO: readonly ProjectDatabase['kind'][] = ['postgresql', 'mysql', 'mariadb', 'sqlite'];

/** Databases that are watched from outside only, unless they stand among the services already. */
function serversWithoutTool({ databases, services }: ProjectFacts): Fact<ProjectService>[] {
  return databases
    .filter(
      ({ value }) => value.kind === 'mongodb' && !services.some((known) => known.value.kind === 'mongodb'),
    )
    .map((fact) => ({
      ...fact,
      value: { name: 'mongodb', kind: 'mongodb', variable: fact.value.urlVariable, host: null },
    }));
}

function databaseLines(name: string, { value }: Fact<ProjectDatabase>, what: string): string[] {
  const key = propertyName(name);
  if (!LOOKED_INTO.includes(value.kind)) {
    return [commentOf(`${what} Rearguard does not look into such a server.`)];
  }
  const url = usableUrl(value);
  if (value.urlVariable !== null && !(value.kind === 'sqlite' && url !== null)) {
    return [
      commentOf(what),
      ...(url === null ? [] : [commentOf(`Files of this repository have ${url} as an example.`)]),
      `${key}: { database: env(${quoted(value.urlVariable)}) },`,
    ];
  }
  if (url === null) {
    return [
      commentOf(`${what} Unknown: its URL. Name the variable that holds it:`),
      `// ${key}: { database: env('DATABASE_URL') },`,
    ];
  }
  if (value.kind === 'sqlite') return [commentOf(what), `${key}: { database: ${quoted(url)} },`];
  return [
    commentOf(what),
    commentOf(`Its parts stand in the code; set one variable to all of them: ${withUser(url)}`),
    `${key}: { database: env('DATABASE_URL') },`,
  ];
}

/** An example with a place for who logs in. */
function withUser(url: string): string {
  return url.replace(/^(\w+:\/\/)(?:[^@/]*@)?/, '$1USER:PASSWORD@');
}

/**
 * As a target takes it. Clients have forms of their own: `postgresql+asyncpg://`; `file:./dev.db`; `sqlite:///app.db` for a
 * relative file and `sqlite:////srv/app.db` for an absolute one.
 */
function usableUrl({ kind, exampleUrl }: ProjectDatabase): string | null {
  if (exampleUrl === null) return null;
  const written = oneLine(exampleUrl);
  if (kind === 'sqlite') {
    const path = written.replace(/^file:(?:\/\/)?|^sqlite\d?(?:\+\w+)?:(?:\/\/\/?)?/i, '');
    if (path === '' || path.startsWith(':')) return null;
    return `sqlite:${/^\.{0,2}\//.test(path) ? path : `./${path}`}`;
  }
  const url = written.replace(/^(\w+)\+\w+:/, '$1:');
  const isUsable = /^(?:postgres(?:ql)?|mysql|mariadb):\/\//i.test(url) && URL.canParse(url);
  return isUsable && new URL(url).password === '' ? url : null;
}

function healthSection(facts: ProjectFacts): string[] {
  return [
    "'api-health-monitor': {",
    ...indent([
      ...endpointLines(facts),
      '// Targets of the team: 95 % of the answers within this time, and this share of good time.',
      "slo: { p95: '200ms', availability: 99.9 },",
    ]),
    '},',
  ];
}

function errorSection({ logs }: ProjectFacts): string[] {
  const files = logs.filter(({ value }) => value.place !== 'stdout');
  if (files.length > 0) {
    return [
      "'error-analyzer': {",
      ...indent([
        ...files.map((fact) => commentOf(`Log: ${whereOf(fact)}.`)),
        `sources: [${files.map(({ value }) => quoted(value.place)).join(', ')}],`,
      ]),
      '},',
    ];
  }
  const [stdout] = logs;
  const reason = stdout
    ? `The backend logs to its standard output (${whereOf(stdout)}). Say where that goes:`
    : 'Unknown: where the backend logs. Name a file, a folder or a container:';
  return [commentOf(reason), "// 'error-analyzer': { sources: ['logs/app.log', { docker: 'container' }] },"];
}
