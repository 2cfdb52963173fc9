/**
 * What a repository says of itself. A fact carries where it was seen; what was not found is absent or
 * null ("unknown"), never a guess from habit.
 */
export interface Fact<Value> {
  value: Value;
  /** found: written down in a file that decides it. guessed: follows from a convention, and the reader is told so. */
  certainty: 'found' | 'guessed';
  /** Where it was seen: `package.json`, `src/app.ts:12`; relative to the root, at most a few. */
  where: readonly string[];
}

export type FrameworkId =
  | 'express'
  | 'fastify'
  | 'nest'
  | 'koa'
  | 'hono'
  | 'next'
  | 'django'
  | 'fastapi'
  | 'flask'
  | 'rails'
  | 'laravel'
  | 'spring'
  | 'gin'
  | 'echo'
  | 'chi'
  | 'fiber'
  | 'gorilla'
  | 'net-http';

export interface Framework {
  id: FrameworkId;
  /** As its makers write it: `Express`, `Spring Boot`. */
  name: string;
  /** As the manifest or lockfile has it: `5.1.0`, `^4.18`, `4.2`; null when none is written down. */
  version: string | null;
}

export type DatabaseKind = 'postgresql' | 'mysql' | 'mariadb' | 'sqlite' | 'mongodb' | 'mssql' | 'oracle';

export interface ProjectDatabase {
  kind: DatabaseKind;
  /** Package that speaks to it: `pg`, `psycopg`, `mysql2`, `org.postgresql:postgresql`. */
  driver: string | null;
  /** Environment variable that holds its URL, as the code or the env files name it. */
  urlVariable: string | null;
  /** A URL without credentials that a file writes down (`.env.example`, compose): never one with a password. */
  exampleUrl: string | null;
}

/** A migration that no other comes after. */
export interface MigrationHead {
  name: string;
  /** What a new one comes after: a revision of Alembic, `label.name` of Django, the highest version where several places count; elsewhere the name. */
  reference: string;
}

export interface ProjectMigrations {
  /** Folder, relative to the root. */
  folder: string;
  style:
    | 'sql'
    | 'prisma'
    | 'knex'
    | 'typeorm'
    | 'sequelize'
    | 'drizzle'
    | 'node-pg-migrate'
    | 'mikro-orm'
    | 'django'
    | 'alembic'
    | 'rails'
    | 'laravel'
    | 'flyway'
    | 'liquibase'
    | 'goose'
    | 'golang-migrate';
  /** Files that are migrations. */
  count: number;
  /** Name of the newest. */
  newest: string | null;
  /** More than one where branches were not merged; none where the files do not tell. */
  heads: readonly MigrationHead[];
  /** File, relative to the root, in which a new one has to be written down too: Drizzle's journal, the changelog of Liquibase. */
  register: string | null;
}

export interface ProjectEndpoint {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'ANY';
  /** With parameters as OpenAPI writes them: `/api/users/{id}`. */
  path: string;
  /** Where it is declared, `src/routes/users.ts:14`. */
  location: string;
  /** Whether its declaration shows that callers must have logged in; null where that cannot be seen. */
  authenticated: boolean | null;
}

export interface ProjectLog {
  /** File or folder relative to the root, or `stdout`. */
  place: string;
  /** Library that writes it: `pino`, `winston`, `logging`, `logback`; null when unknown. */
  library: string | null;
}

/** Something outside that the project calls: an API, a broker, a cache. */
export interface ProjectService {
  name: string;
  /** `redis`, `https`, `amqp`, …: the scheme its URL would have. */
  kind: string;
  /** Variable that holds its URL or host. */
  variable: string | null;
  /** Host as code or env files write it; null where only a variable is known. */
  host: string | null;
}

export interface ProjectCommand {
  /** What one types: `npm test`, `python manage.py test`. */
  line: string;
  does: 'test' | 'start' | 'migrate' | 'lint' | 'build';
}

export interface ProjectFacts {
  /** Of the manifest, else of the folder. */
  name: Fact<string>;
  /** Most files first: `TypeScript`, `Python`. */
  languages: readonly Fact<string>[];
  frameworks: readonly Fact<Framework>[];
  databases: readonly Fact<ProjectDatabase>[];
  /** `Prisma`, `SQLAlchemy`, `ActiveRecord`, … */
  orms: readonly Fact<string>[];
  migrations: readonly Fact<ProjectMigrations>[];
  /** Path of an OpenAPI document in the repository, or the path at which the framework serves one (it then begins with `/`). */
  openapi: Fact<string> | null;
  /** Sorted by path, then method. Those of tests and examples are left out. */
  endpoints: readonly Fact<ProjectEndpoint>[];
  logs: readonly Fact<ProjectLog>[];
  services: readonly Fact<ProjectService>[];
  /** Dockerfiles and compose files. */
  docker: readonly Fact<string>[];
  /** CI files: `.github/workflows/test.yml`. */
  ci: readonly Fact<string>[];
  commands: readonly Fact<ProjectCommand>[];
  /** Port on which it listens in development. */
  port: Fact<number> | null;
  /** Other things it is made of: `Redis`, `Celery`, `GraphQL`. */
  technologies: readonly Fact<string>[];
  /** Folders of its own code, two levels deep at most, with what each is for where that is conventional. */
  structure: readonly { path: string; purpose: string | null }[];
  /** What was not looked at: too many files, unreadable ones. */
  notRead: readonly string[];
}
