import type { ProjectFacts } from '../facts.ts';

/** What a person would list of a backend, as `expected.json` of a fixture has it: one line a fact, by section. */
export type ExpectedFacts = Readonly<Record<string, string | number | null | readonly string[]>>;

export interface FactScore {
  expected: number;
  right: number;
  /** Expected and not found, and found though nobody expects it. */
  missing: string[];
  invented: string[];
}

/** Each fact as one line; a fact that is unknown has none. */
export function factLines(facts: ProjectFacts): string[] {
  const section = <Value>(
    name: string,
    values: readonly { value: Value }[],
    line: (value: Value) => string,
  ): string[] => values.map(({ value }) => `${name}: ${line(value)}`);
  const text = (value: string): string => value;
  return [
    ...section('name', [facts.name], text),
    ...section('languages', facts.languages, text),
    ...section('frameworks', facts.frameworks, ({ id, name, version }) => `${id} ${name} ${version}`),
    ...section(
      'databases',
      facts.databases,
      ({ kind, driver, urlVariable, exampleUrl }) =>
        `${kind} driver=${driver ?? 'none'} variable=${urlVariable ?? 'none'} url=${exampleUrl ?? 'none'}`,
    ),
    ...section('orms', facts.orms, text),
    ...section(
      'migrations',
      facts.migrations,
      ({ folder, style, count, newest }) => `${folder} ${style} ${count} ${newest}`,
    ),
    ...section('openapi', facts.openapi === null ? [] : [facts.openapi], text),
    ...section('endpoints', facts.endpoints, ({ method, path, authenticated }) => {
      const access = authenticated === null ? '' : authenticated ? ' authenticated' : ' open';
      return `${method} ${path}${access}`;
    }),
    ...section('logs', facts.logs, ({ place, library }) => `${place} ${library}`),
    ...section(
      'services',
      facts.services,
      ({ name, kind, variable, host }) =>
        `${name} kind=${kind} variable=${variable ?? 'none'} host=${host ?? 'none'}`,
    ),
    ...section('docker', facts.docker, text),
    ...section('ci', facts.ci, text),
    ...section('commands', facts.commands, ({ does, line }) => `${does}: ${line}`),
    ...section('port', facts.port === null ? [] : [facts.port], String),
    ...section('technologies', facts.technologies, text),
  ];
}

export function scoreFacts(facts: ProjectFacts, expected: ExpectedFacts): FactScore {
  const wanted = Object.entries(expected).flatMap(([name, values]) => {
    const all = Array.isArray(values) ? values : values === null ? [] : [values];
    return all.map((value) => `${name}: ${value}`);
  });
  const lines = factLines(facts);
  const missing = wanted.filter((line) => !lines.includes(line));
  return {
    expected: wanted.length,
    right: wanted.length - missing.length,
    missing,
    invented: lines.filter((line) => !wanted.includes(line)),
  };
}
