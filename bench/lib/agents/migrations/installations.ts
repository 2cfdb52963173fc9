import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../cache-folder.ts';

const INSTALL_TIMEOUT_MS = 600_000;
const MAX_OUTPUT_BYTES = 16_000_000;

/** Packages of one ecosystem in fixed versions; kept in the user's cache until they change. */
export interface Installation {
  name: string;
  packages: readonly string[];
  /** Commands that install them into `folder`, where they run. */
  commands: (folder: string, packages: readonly string[]) => readonly (readonly string[])[];
  files?: (packages: readonly string[]) => Readonly<Record<string, string>>;
  environment?: (folder: string) => Readonly<Record<string, string>>;
}

export interface Ended {
  isRight: boolean;
  output: string;
}

/** Ends with the program, at the latest after `timeoutMs`; a program that is not there is a failure with its reason. */
export function runProgram(
  argv: readonly string[],
  options: { cwd: string; timeoutMs: number; environment?: Readonly<Record<string, string>> },
): Promise<Ended> {
  const [program = '', ...rest] = argv;
  const { cwd, timeoutMs: timeout, environment } = options;
  const env = { ...process.env, NO_COLOR: '1', ...environment };
  return new Promise((resolve) => {
    execFile(program, rest, { cwd, timeout, env, maxBuffer: MAX_OUTPUT_BYTES }, (error, stdout, stderr) => {
      const output = `${stdout}\n${stderr}`.trim();
      resolve({ isRight: error === null, output: output === '' ? (error?.message ?? '') : output });
    });
  });
}

/** The folder of the installation, or why it is not to be had. */
export async function install(
  one: Installation,
  log: (line: string) => void,
): Promise<{ folder: string } | { reason: string }> {
  const folder = join(cacheFolder('migrations'), one.name);
  const stamp = join(folder, '.installed');
  const wanted = `${one.packages.join('\n')}\n`;
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) return { folder };
  log(`installing ${one.packages.join(', ')}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(one.files?.(one.packages) ?? {})) {
    await writeFile(join(folder, name), text);
  }
  for (const argv of one.commands(folder, one.packages)) {
    const environment = one.environment?.(folder) ?? {};
    const ended = await runProgram(argv, { cwd: folder, timeoutMs: INSTALL_TIMEOUT_MS, environment });
    if (!ended.isRight) {
      return { reason: `${argv.slice(0, 3).join(' ')}: ${ended.output.split('\n').at(-1) ?? ''}` };
    }
  }
  await writeFile(stamp, wanted);
  return { folder };
}

const npm = (name: string, packages: readonly string[]): Installation => ({
  name,
  packages,
  files: () => ({ 'package.json': '{ "private": true }\n' }),
  commands: (_, wanted) => [
    ['npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--save-exact', ...wanted],
  ],
});

function dependencyOf(coordinates: string): string {
  const [groupId, artifactId, version] = coordinates.split(':');
  return `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`;
}

const maven = (name: string, packages: readonly string[]): Installation => ({
  name,
  packages,
  files: (wanted) => ({
    'pom.xml': `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>bench</groupId><artifactId>bench</artifactId><version>1</version><dependencies>${wanted.map(dependencyOf).join('')}</dependencies></project>\n`,
  }),
  commands: () => [['mvn', '-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib']],
});

const go = (name: string, tags: string, packages: readonly string[]): Installation => ({
  name,
  packages,
  commands: (_, wanted) => wanted.map((one) => ['go', 'install', '-tags', tags, one]),
  environment: (folder) => ({ GOBIN: join(folder, 'bin'), GOFLAGS: '-modcacherw' }),
});

/** Programs that the machine has or has not: nothing is installed. */
const onTheMachine = (name: string, needs: string, check: readonly string[]): Installation => ({
  name,
  packages: [needs],
  commands: () => [check],
});

const DRIVER = 'org.postgresql:postgresql:42.7.11';

export const INSTALLATIONS = {
  node: npm('node', [
    'pg@8.23.1',
    'tsx@4.23.15',
    'knex@3.3.0',
    'typeorm@1.1.1',
    'reflect-metadata@0.2.2',
    'sequelize@6.37.8',
    'sequelize-cli@6.6.5',
    'umzug@3.8.3',
    'node-pg-migrate@9.0.0',
    '@mikro-orm/core@6.6.7',
    '@mikro-orm/postgresql@6.6.7',
    '@mikro-orm/migrations@6.6.7',
    '@mikro-orm/cli@6.6.7',
    'drizzle-orm@0.45.4',
    'drizzle-kit@0.31.11',
  ]),
  python: {
    name: 'python',
    packages: ['Django==5.2.19', 'alembic==1.20.1', 'SQLAlchemy==2.1.9', 'psycopg[binary]==3.3.9'],
    commands: (folder, wanted) => [
      ['python3', '-m', 'venv', folder],
      [join(folder, 'bin', 'python'), '-m', 'pip', 'install', '-q', ...wanted],
    ],
  },
  goose: go('goose', 'no_clickhouse no_libsql no_mssql no_mysql no_sqlite3 no_vertica no_ydb', [
    'github.com/pressly/goose/v3/cmd/goose@v3.27.3',
  ]),
  golangMigrate: go('golang-migrate', 'postgres', [
    'github.com/golang-migrate/migrate/v4/cmd/migrate@v4.20.1',
  ]),
  flyway: maven('flyway', [
    'org.flywaydb:flyway-core:13.12.0',
    'org.flywaydb:flyway-database-postgresql:13.12.0',
    DRIVER,
  ]),
  liquibase: maven('liquibase', [
    'org.liquibase:liquibase-core:4.33.0',
    'info.picocli:picocli:4.7.7',
    'org.yaml:snakeyaml:2.4',
    DRIVER,
  ]),
  rails: onTheMachine('rails', 'ruby with ActiveRecord and pg', [
    'ruby',
    '-e',
    'require "active_record"; require "pg"',
  ]),
  laravel: onTheMachine('laravel', "PHP with Debian's php-laravel-framework and php-pgsql", [
    'php',
    '-r',
    'require "Illuminate/Database/autoload.php"; exit(extension_loaded("pdo_pgsql") ? 0 : 1);',
  ]),
} satisfies Record<string, Installation>;
