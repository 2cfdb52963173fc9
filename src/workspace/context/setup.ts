import type { Fact, ProjectFacts } from '../../project/facts.ts';
import { code, listOf, plain } from './words.ts';

const MAX_WORDS = 60;

const DATABASES: Readonly<Record<string, string>> = {
  postgresql: 'PostgreSQL',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  sqlite: 'SQLite',
  mongodb: 'MongoDB',
  mssql: 'SQL Server',
  oracle: 'Oracle',
};

/** What the backend is made of; what no file says is unknown. */
export function setupBody(project: ProjectFacts): string {
  const technologies = [...project.languages, ...project.technologies, ...project.orms];
  const deployment = [...project.docker, ...project.ci];
  return [
    line('Framework', project.frameworks, ({ name, version }) =>
      version === null ? plain(name, MAX_WORDS) : `${plain(name, MAX_WORDS)} ${code(version, MAX_WORDS)}`,
    ),
    line('Database', project.databases, ({ kind, driver, urlVariable }) =>
      [
        DATABASES[kind] ?? kind,
        driver === null ? '' : ` with ${code(driver, MAX_WORDS)}`,
        urlVariable === null ? '' : `, URL in ${code(urlVariable, MAX_WORDS)}`,
      ].join(''),
    ),
    line('Main Technologies', technologies, (name) => plain(name, MAX_WORDS)),
    line('Deployment', deployment, (path) => code(path, MAX_WORDS)),
    line(
      'Migrations',
      project.migrations,
      ({ folder, style, count }) => `${count} in ${code(folder, MAX_WORDS)} (${style})`,
    ),
    line('API document', project.openapi === null ? [] : [project.openapi], (path) => code(path, MAX_WORDS)),
    line('Logs', project.logs, ({ place, library }) =>
      library === null ? code(place, MAX_WORDS) : `${code(place, MAX_WORDS)} by ${plain(library, MAX_WORDS)}`,
    ),
    line('External services', project.services, ({ name }) => plain(name, MAX_WORDS)),
    line('Commands', project.commands, ({ line: command, does }) => `${code(command, MAX_WORDS)} (${does})`),
  ].join('\n');
}

function line<Value>(name: string, facts: readonly Fact<Value>[], text: (value: Value) => string): string {
  const texts = facts.map(
    ({ value, certainty }) => `${text(value)}${certainty === 'guessed' ? ' (guessed)' : ''}`,
  );
  const unique = [...new Set(texts)];
  return `- **${name}**: ${unique.length === 0 ? 'unknown' : listOf(unique, 6)}`;
}
