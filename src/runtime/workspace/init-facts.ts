import { capText, oneLine } from '../../core/text.ts';
import type { Fact, ProjectFacts } from '../../project/facts.ts';
import type { InitData } from './init-data.ts';

type FactRow = InitData['facts'][number];

const MAX_VALUE = 160;

/** The facts as rows for people: each of them, and `null` where it is unknown. */
export function factRows(facts: ProjectFacts): FactRow[] {
  return [
    row('project', [facts.name], (name) => name),
    row('language', facts.languages, (language) => language),
    row('framework', facts.frameworks, ({ name, version }) =>
      version === null ? name : `${name} ${version}`,
    ),
    row('database', facts.databases, ({ kind, driver }) => (driver === null ? kind : `${kind} (${driver})`)),
    row('ORM', facts.orms, (orm) => orm),
    row('migrations', facts.migrations, ({ folder, style, count }) => `${count} in ${folder} (${style})`),
    row('OpenAPI document', present(facts.openapi), (path) => path),
    endpointRow(facts),
    row('port', present(facts.port), String),
    row('logs', facts.logs, ({ place, library }) => (library === null ? place : `${place} (${library})`)),
    row('services', facts.services, ({ name }) => name),
    row('technologies', facts.technologies, (technology) => technology),
    row('containers', facts.docker, (path) => path),
    row('CI', facts.ci, (path) => path),
    row(
      'tests',
      facts.commands.filter(({ value }) => value.does === 'test'),
      ({ line }) => line,
    ),
  ];
}

function present<Value>(fact: Fact<Value> | null): Fact<Value>[] {
  return fact === null ? [] : [fact];
}

function row<Value>(fact: string, found: readonly Fact<Value>[], text: (value: Value) => string): FactRow {
  if (found.length === 0) return { fact, value: null, certainty: null, where: [] };
  return {
    fact,
    value: capText(oneLine(found.map(({ value }) => text(value)).join(', ')), MAX_VALUE),
    certainty: found.some(({ certainty }) => certainty === 'guessed') ? 'guessed' : 'found',
    where: [...new Set(found.flatMap(({ where }) => where.slice(0, 1)))].slice(0, 3).map(oneLine),
  };
}

/** There are too many to be listed: their number, and where the first are declared. */
function endpointRow({ endpoints }: ProjectFacts): FactRow {
  const listed = row('endpoints', endpoints, ({ method, path }) => `${method} ${path}`);
  return endpoints.length === 0 ? listed : { ...listed, value: String(endpoints.length) };
}
