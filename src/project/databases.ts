import type { DatabaseKind, Fact, ProjectDatabase } from './facts.ts';
import { found, guessed } from './fact.ts';
import { redactUrl } from '../core/redact.ts';
import type { EnvironmentFile } from './environment.ts';
import { type Dependency, type PackageTable, rowsOf } from './manifests.ts';
import type { ProjectFile, Repository } from './repository.ts';
import { formatAddress, readUrl } from './sightings/address.ts';
import { isComposeFile, sightInCompose } from './sightings/compose.ts';

const DRIVERS: PackageTable<{ kind: DatabaseKind }> = [
  {
    kind: 'postgresql',
    packages: {
      npm: 'pg postgres pg-promise slonik @neondatabase/serverless @fastify/postgres @mikro-orm/postgresql',
      PyPI: 'psycopg psycopg2 psycopg2-binary asyncpg pg8000',
      RubyGems: 'pg',
      Maven: 'org.postgresql:postgresql org.postgresql:r2dbc-postgresql',
      Go: 'github.com/lib/pq github.com/jackc/pgx gorm.io/driver/postgres github.com/go-pg/pg',
    },
  },
  {
    kind: 'mysql',
    packages: {
      npm: 'mysql mysql2 @fastify/mysql',
      PyPI: 'mysqlclient pymysql mysql-connector-python aiomysql asyncmy',
      RubyGems: 'mysql2 trilogy',
      Maven: 'com.mysql:mysql-connector-j mysql:mysql-connector-java',
      Go: 'github.com/go-sql-driver/mysql gorm.io/driver/mysql',
    },
  },
  {
    kind: 'mariadb',
    packages: { npm: 'mariadb', PyPI: 'mariadb', Maven: 'org.mariadb.jdbc:mariadb-java-client' },
  },
  {
    kind: 'sqlite',
    packages: {
      npm: 'sqlite3 better-sqlite3 libsql @libsql/client sqlite',
      PyPI: 'aiosqlite',
      RubyGems: 'sqlite3',
      Maven: 'org.xerial:sqlite-jdbc',
      Go: 'github.com/mattn/go-sqlite3 modernc.org/sqlite gorm.io/driver/sqlite',
    },
  },
  {
    kind: 'mongodb',
    packages: {
      npm: 'mongodb mongoose @nestjs/mongoose',
      PyPI: 'pymongo motor mongoengine',
      RubyGems: 'mongo mongoid',
      Maven:
        'org.springframework.boot:spring-boot-starter-data-mongodb org.springframework.boot:spring-boot-starter-data-mongodb-reactive org.mongodb:mongodb-driver-sync',
      Packagist: 'mongodb/mongodb mongodb/laravel-mongodb',
      Go: 'go.mongodb.org/mongo-driver',
    },
  },
  {
    kind: 'mssql',
    packages: {
      npm: 'mssql tedious',
      PyPI: 'pyodbc pymssql mssql-django',
      Maven: 'com.microsoft.sqlserver:mssql-jdbc',
      Go: 'github.com/microsoft/go-mssqldb',
    },
  },
  {
    kind: 'oracle',
    packages: { npm: 'oracledb', PyPI: 'oracledb cx-oracle', Maven: 'com.oracle.database.jdbc:ojdbc11' },
  },
];

const SPELLINGS: readonly (readonly [DatabaseKind, RegExp])[] = [
  ['postgresql', /^(?:postgres(?:ql)?|pgsql|postgis|postgresql_psycopg2|pg|cockroachdb)$/],
  ['mysql', /^(?:mysql2?|trilogy)$/],
  ['mariadb', /^mariadb$/],
  ['sqlite', /^(?:sqlite3?|better-sqlite3|libsql|file)$/],
  ['mongodb', /^mongodb?$/],
  ['mssql', /^(?:mssql|sqlserver|sqlsrv)$/],
  ['oracle', /^(?:oracle|oracledb)$/],
];

/** By what URLs, settings and ORMs call it. */
export function databaseKind(name: string): DatabaseKind | undefined {
  const bare = name
    .toLowerCase()
    .replace(/^jdbc:/, '')
    .replace(/\+.*$/, '');
  return SPELLINGS.find(([, pattern]) => pattern.test(bare))?.[0];
}

/** Settings that name the database in a file of code or of settings. */
const DECLARATIONS: readonly { files: RegExp; pattern: RegExp; needs?: RegExp }[] = [
  { files: /\.prisma$/, pattern: /\bdatasource\s+\w+\s*\{[^}]{0,2000}?\bprovider\s*=\s*"([\w-]+)"/g },
  {
    files: /\.py$/,
    pattern:
      // Also as what is taken when no variable says otherwise: `os.environ.get("SQL_ENGINE", "django.db.backends.sqlite3")`.
      /ENGINE["']\s*[:,]\s*(?:default\s*=\s*)?["']django\.(?:contrib\.gis\.)?db(?:\.backends)?(?:\.backends)?\.(\w+)["']/g,
  },
  { files: /(?:^|\/)database\.ya?ml$/, pattern: /^\s*adapter:\s*["']?(\w+)/gm },
  { files: /\.[cm]?[jt]s$/, needs: /typeorm|TypeOrm/, pattern: /\btype\s*:\s*["'](\w[\w-]*)["']/g },
  { files: /\.[cm]?[jt]s$/, needs: /knex/i, pattern: /\bclient\s*:\s*["'](\w[\w-]*)["']/g },
  { files: /\.[cm]?[jt]s$/, needs: /[Ss]equelize|drizzle/, pattern: /\bdialect\s*:\s*["'](\w[\w-]*)["']/g },
  { files: /(?:^|\/)config\.json$/, needs: /"dialect"/, pattern: /"dialect"\s*:\s*"(\w+)"/g },
  { files: /(?:^|\/)application[\w-]*\.(?:properties|ya?ml)$/, pattern: /\bjdbc:(\w+):/g },
  { files: /\.(?:py|toml|ini|cfg)$/, pattern: /["'=\s]((?:postgres(?:ql)?|mysql|sqlite)(?:\+\w+)?):\/\//g },
];

interface Evidence {
  kind: DatabaseKind;
  where: string;
  driver?: string;
  variable?: string;
  exampleUrl?: string;
  /** Only a server that is started beside the project. */
  isWeak?: boolean;
}

/** One fact a kind, of all that speaks for it. */
export function databasesOf(
  repository: Repository,
  dependencies: readonly Dependency[],
  environment: readonly EnvironmentFile[],
): Fact<ProjectDatabase>[] {
  const evidence = [
    ...rowsOf(DRIVERS, dependencies).map(({ row, dependency }): Evidence => ({
      kind: row.kind,
      where: dependency.manifest,
      driver: dependency.name,
    })),
    ...declared(repository),
    ...environment.flatMap(inEnvironment),
    ...inCompose(repository),
  ];
  const kinds = [...new Set(evidence.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => {
    const own = evidence.filter((one) => one.kind === kind);
    const strong = own.filter(({ isWeak }) => isWeak !== true);
    const first = <Key extends 'driver' | 'variable' | 'exampleUrl'>(key: Key): string | null =>
      own.find((one) => one[key] !== undefined)?.[key] ?? null;
    const value: ProjectDatabase = {
      kind,
      driver: first('driver'),
      urlVariable: first('variable') ?? (kinds.length === 1 ? variableInCode(repository) : null),
      exampleUrl: first('exampleUrl'),
    };
    const where = [...new Set((strong.length > 0 ? strong : own).map((one) => one.where))];
    return [(strong.length > 0 ? found : guessed)(value, ...where)];
  });
}

function declared(repository: Repository): Evidence[] {
  return repository.own.flatMap((file) =>
    DECLARATIONS.filter(
      ({ files, needs }) => files.test(file.path) && needs?.test(file.text) !== false,
    ).flatMap(({ pattern }) =>
      [...declaringText(repository, file).matchAll(pattern)].flatMap((match): Evidence[] => {
        const kind = databaseKind(match[1] ?? '');
        if (kind === undefined) return [];
        const variable = file.path.endsWith('.prisma')
          ? /\burl\s*=\s*env\("(\w+)"\)/.exec(file.text)?.[1]
          : /\burl\s*[=:]\s*["']?\$\{(\w+)(?::jdbc:|\})/.exec(file.text)?.[1];
        return [{ kind, where: file.path, ...(variable === undefined ? {} : { variable }) }];
      }),
    ),
  );
}

const DOCSTRING = /^[ \t]*[rRuU]?("""|''')[\s\S]*?\1/gm;

/** Without comments; a text of Python that stands alone is one. */
function declaringText(repository: Repository, file: ProjectFile): string {
  const code = repository.source(file)?.code ?? file.text;
  return file.path.endsWith('.py') ? code.replace(DOCSTRING, '') : code;
}

function inEnvironment({ path, values }: EnvironmentFile): Evidence[] {
  const evidence: Evidence[] = [];
  for (const [variable, value] of values) {
    const scheme = /^((?:jdbc:)?[\w+]+):/.exec(value)?.[1];
    const kind = scheme === undefined ? undefined : databaseKind(scheme);
    if (kind !== undefined && /:\/\/|^file:|^sqlite/.test(value)) {
      const exampleUrl = withoutCredentials(value);
      // A URL for a second use of the same database stands behind the first.
      evidence.push({ kind, where: path, variable, ...(exampleUrl === null ? {} : { exampleUrl }) });
    }
    const [, front] =
      /^((?:\w+_)?(?:DB|DATABASE|POSTGRES|PG|MYSQL))_?(?:HOST|HOSTNAME)$/.exec(variable) ?? [];
    if (front !== undefined) evidence.push(...fromParts(path, front, values));
    if (/^(?:DB|DATABASE)_(?:CONNECTION|DIALECT|TYPE|CLIENT|ENGINE)$/.test(variable)) {
      const named = databaseKind(value.split('.').at(-1) ?? '');
      if (named !== undefined) evidence.push({ kind: named, where: path });
    }
  }
  return evidence;
}

const BY_PORT: Readonly<Record<string, DatabaseKind>> = {
  5432: 'postgresql',
  3306: 'mysql',
  27017: 'mongodb',
  1433: 'mssql',
  1521: 'oracle',
};

/** `DB_HOST`, `DB_PORT` and `DB_NAME` are a URL in parts; its kind is that of the dialect or of the port. */
function fromParts(path: string, front: string, values: ReadonlyMap<string, string>): Evidence[] {
  const part = (...names: string[]): string | undefined =>
    names
      .map((name) => values.get(`${front}_${name}`) ?? values.get(`${front}${name}`))
      .find((value) => value !== undefined && value !== '');
  const port = part('PORT');
  const dialect = part('CONNECTION', 'DIALECT', 'TYPE', 'CLIENT', 'ENGINE');
  const kind =
    databaseKind(dialect?.split('.').at(-1) ?? front.split('_').at(-1) ?? '') ?? BY_PORT[port ?? ''];
  const host = part('HOST', 'HOSTNAME');
  if (kind === undefined || host === undefined) return [];
  const exampleUrl = withoutCredentials(
    `${kind}://${host}${port === undefined ? '' : `:${port}`}/${part('NAME', 'DATABASE', 'DB') ?? ''}`,
  );
  return [{ kind, where: path, ...(exampleUrl === null ? {} : { exampleUrl }) }];
}

/** `postgresql://localhost:5432/shop` of a URL with a user and a password; null where nobody can tell where a password ends. */
export function withoutCredentials(text: string): string | null {
  if (/^(?:file|sqlite)/.test(text))
    return /^(?:file:|sqlite:\/{2,4})[\w./-]{1,100}$/.test(text) ? text : null;
  const url = readUrl(text.replace(/^jdbc:/, ''));
  if (url === null || url.address === null) return null;
  const scheme = /^(?:jdbc:)?([a-z]+)/.exec(text)?.[1] ?? url.address.scheme;
  const database = /^[^/?#]+\/\/[^/?#]*\/([\w-]{1,63})(?:$|[?#])/.exec(text)?.[1];
  const written = `${formatAddress({ ...url.address, scheme })}${database === undefined ? '' : `/${database}`}`;
  return redactUrl(written) === written ? written : null;
}

function inCompose(repository: Repository): Evidence[] {
  return repository.own
    .filter(({ name }) => isComposeFile(name))
    .flatMap(({ path, text }) => {
      try {
        return sightInCompose(path, text).sightings.flatMap(({ kind, address }): Evidence[] => {
          const database = databaseKind(address?.scheme ?? kind);
          return database === undefined ? [] : [{ kind: database, where: path, isWeak: true }];
        });
      } catch {
        return [];
      }
    });
}

const VARIABLE =
  /\b((?:[A-Z]\w*_)?(?:DATABASE|DB|POSTGRES|PG|MYSQL|MONGO(?:DB)?|SQLALCHEMY_DATABASE)_?(?:URL|URI|DSN))\b/;

/** The name that code reads the URL under, where no env file says it. */
function variableInCode(repository: Repository): string | null {
  for (const file of repository.own) {
    const source = repository.source(file);
    if (source === null) continue;
    for (const match of source.code.matchAll(
      /\bprocess\.env(?:\.|\[["'])(\w+)|\bos\.(?:environ(?:\.get\(|\[)|getenv\(|Getenv\(|LookupEnv\()\s*["'](\w+)|\b(?:env(?:\.\w+)?\(|ENV(?:\.fetch\(|\[))\s*["'](\w+)["']/g,
    )) {
      const name = match[1] ?? match[2] ?? match[3] ?? '';
      if (VARIABLE.exec(name)?.[0] === name) return name;
    }
  }
  return null;
}
