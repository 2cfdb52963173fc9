import { extname } from 'node:path';
import type { Fact } from './facts.ts';
import { found } from './fact.ts';
import type { Repository } from './repository.ts';

const LANGUAGES: Readonly<Record<string, string>> = {
  '.ts': 'TypeScript',
  '.tsx': 'TypeScript',
  '.mts': 'TypeScript',
  '.cts': 'TypeScript',
  '.js': 'JavaScript',
  '.jsx': 'JavaScript',
  '.mjs': 'JavaScript',
  '.cjs': 'JavaScript',
  '.py': 'Python',
  '.rb': 'Ruby',
  '.php': 'PHP',
  '.java': 'Java',
  '.kt': 'Kotlin',
  '.go': 'Go',
  '.rs': 'Rust',
  '.cs': 'C#',
  '.ex': 'Elixir',
  '.scala': 'Scala',
};

/** A language of a few settings beside much of another is not what the project is written in. */
const MIN_SHARE = 0.05;

/** Most files first. */
export function languagesOf({ own }: Repository): Fact<string>[] {
  const byLanguage = new Map<string, string[]>();
  for (const { path, name } of own) {
    const language = LANGUAGES[extname(name)];
    if (language !== undefined && !isSettings(name))
      byLanguage.set(language, [...(byLanguage.get(language) ?? []), path]);
  }
  const total = [...byLanguage.values()].reduce((sum, paths) => sum + paths.length, 0);
  return [...byLanguage]
    .filter(([, paths]) => paths.length >= total * MIN_SHARE)
    .toSorted(([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1))
    .map(([language, paths]) => found(language, ...paths));
}

/** `eslint.config.mjs`, `.prettierrc.js` */
function isSettings(name: string): boolean {
  return /\.config\.[cm]?[jt]s$|^\.\w+rc\.[cm]?js$/.test(name);
}

/** What folders are for by the names that most people give them. */
const PURPOSES: Readonly<Record<string, string>> = {
  api: 'HTTP API',
  routes: 'routes',
  router: 'routes',
  routers: 'routes',
  controllers: 'controllers',
  controller: 'controllers',
  handlers: 'request handlers',
  views: 'views',
  viewsets: 'views',
  models: 'models',
  model: 'models',
  entities: 'entities',
  schemas: 'schemas',
  serializers: 'serializers',
  dto: 'shapes of requests and answers',
  services: 'business logic',
  service: 'business logic',
  usecases: 'business logic',
  domain: 'domain',
  repositories: 'data access',
  repository: 'data access',
  dao: 'data access',
  db: 'database',
  database: 'database',
  migrations: 'migrations',
  migrate: 'migrations',
  seeds: 'seed data',
  seeders: 'seed data',
  prisma: 'Prisma schema and migrations',
  alembic: 'migrations',
  middleware: 'middleware',
  middlewares: 'middleware',
  plugins: 'plugins',
  guards: 'guards',
  hooks: 'hooks',
  auth: 'authentication',
  config: 'configuration',
  settings: 'configuration',
  core: 'core',
  lib: 'shared code',
  utils: 'shared code',
  helpers: 'shared code',
  common: 'shared code',
  shared: 'shared code',
  pkg: 'shared code',
  jobs: 'background jobs',
  workers: 'background jobs',
  tasks: 'background jobs',
  queues: 'background jobs',
  mailers: 'mail',
  events: 'events',
  cmd: 'entry points',
  bin: 'entry points',
  scripts: 'scripts',
  public: 'static files',
  static: 'static files',
  templates: 'templates',
  tests: 'tests',
  test: 'tests',
  spec: 'tests',
  __tests__: 'tests',
  docs: 'documentation',
};

const MAX_FOLDERS = 40;

/** Folders with code, two levels deep at most, in the order of their paths. */
export function structureOf({ files, folders }: Repository): { path: string; purpose: string | null }[] {
  const withCode = (folder: string): boolean =>
    files.some(
      ({ path, name }) =>
        path.startsWith(`${folder}/`) &&
        (LANGUAGES[extname(name)] !== undefined || /\.(?:sql|prisma)$/.test(name)),
    );
  return folders
    .filter((folder) => folder.split('/').length <= 2 && !folder.startsWith('.'))
    .filter(withCode)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .slice(0, MAX_FOLDERS)
    .map((path) => ({ path, purpose: PURPOSES[path.split('/').at(-1)?.toLowerCase() ?? ''] ?? null }));
}
