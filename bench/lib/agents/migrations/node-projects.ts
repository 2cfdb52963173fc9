import { calls, createSql, DROP_ORDERS, type Framework, type Place, STAMP, STAMP_MS } from './framework.ts';

const MODULE = { 'package.json': '{ "private": true, "type": "module" }\n' };
const COMMON = { 'package.json': '{ "private": true }\n' };

const bin = (file: string): string => `node_modules/${file}`;
const withUrl = ({ url }: Place): Record<string, string> => ({ DATABASE_URL: url });
const node = (...argv: string[]): string[] => [process.execPath, ...argv];
const nodeWithTypes = (...argv: string[]): string[] => node('--import', 'tsx', ...argv);

const project = { needs: 'node', linksNodeModules: true, folder: 'migrations' } as const;

const KNEX_CONFIG = `{ client: 'pg', connection: process.env.DATABASE_URL, migrations: { directory: './migrations', loadExtensions: ['.js', '.mjs', '.ts'] } }`;
const knexBody = `{\n${calls((text) => `await knex.raw(${text});`, '  ')}}`;
const knexDown = `{\n  await knex.schema.dropTable('orders');\n}`;

const knex = (kind: string, files: Record<string, string>, knexfile: string, run = node): Framework => ({
  ...project,
  name: `knex, ${kind}`,
  files: () => files,
  environment: withUrl,
  up: () => [run(bin('knex/bin/cli.js'), 'migrate:latest', '--knexfile', knexfile)],
  down: () => run(bin('knex/bin/cli.js'), 'migrate:down', '--knexfile', knexfile),
});

const KNEX = [
  knex(
    'CommonJS',
    {
      ...COMMON,
      'knexfile.js': `module.exports = ${KNEX_CONFIG};\n`,
      [`migrations/${STAMP}_orders.js`]: `exports.up = async function (knex) ${knexBody};\nexports.down = async function (knex) ${knexDown};\n`,
    },
    'knexfile.js',
  ),
  knex(
    'modules',
    {
      ...MODULE,
      'knexfile.js': `export default ${KNEX_CONFIG};\n`,
      [`migrations/${STAMP}_orders.mjs`]: `export async function up(knex) ${knexBody}\nexport async function down(knex) ${knexDown}\n`,
    },
    'knexfile.js',
  ),
  knex(
    'TypeScript',
    {
      ...MODULE,
      'knexfile.ts': `export default ${KNEX_CONFIG};\n`,
      [`migrations/${STAMP}_orders.ts`]: `import type { Knex } from 'knex';\n\nexport async function up(knex: Knex) ${knexBody}\nexport async function down(knex: Knex) ${knexDown}\n`,
    },
    'knexfile.ts',
    nodeWithTypes,
  ),
];

const typeorm = (kind: string, files: Record<string, string>, source: string, run = node): Framework => ({
  ...project,
  name: `TypeORM, ${kind}`,
  files: () => files,
  environment: withUrl,
  up: () => [run(bin('typeorm/cli.js'), 'migration:run', '-d', source, '--transaction', 'each')],
  down: () => run(bin('typeorm/cli.js'), 'migration:revert', '-d', source, '--transaction', 'none'),
});

const typeormOptions = (glob: string): string =>
  `{ type: 'postgres', url: process.env.DATABASE_URL, migrations: ['${glob}'] }`;
const typeormBody = `{\n${calls((text) => `await queryRunner.query(${text});`, '    ')}  }`;
const typeormDown = `{\n    await queryRunner.query('${DROP_ORDERS}');\n  }`;

const TYPEORM = [
  typeorm(
    'TypeScript',
    {
      ...COMMON,
      'tsconfig.json':
        '{ "compilerOptions": { "target": "es2022", "module": "commonjs", "strict": true } }\n',
      'data-source.ts': `import 'reflect-metadata';\nimport { DataSource } from 'typeorm';\n\nexport default new DataSource(${typeormOptions('migrations/*.ts')});\n`,
      [`migrations/${STAMP_MS}-Orders.ts`]: `import { MigrationInterface, QueryRunner } from 'typeorm';\n\nexport class Orders${STAMP_MS} implements MigrationInterface {\n  public async up(queryRunner: QueryRunner): Promise<void> ${typeormBody}\n\n  public async down(queryRunner: QueryRunner): Promise<void> ${typeormDown}\n}\n`,
    },
    'data-source.ts',
    nodeWithTypes,
  ),
  typeorm(
    'CommonJS',
    {
      ...COMMON,
      'data-source.js': `require('reflect-metadata');\nconst { DataSource } = require('typeorm');\n\nmodule.exports = new DataSource(${typeormOptions('migrations/*.js')});\n`,
      [`migrations/${STAMP_MS}-Orders.js`]: `/** @implements {MigrationInterface} */\nmodule.exports = class Orders${STAMP_MS} {\n  async up(queryRunner) ${typeormBody}\n\n  async down(queryRunner) ${typeormDown}\n};\n`,
    },
    'data-source.js',
  ),
];

const SEQUELIZE: readonly Framework[] = [
  {
    ...project,
    name: 'Sequelize with its CLI',
    files: () => ({
      ...COMMON,
      [`migrations/${STAMP}-orders.js`]: `'use strict';\n\nmodule.exports = {\n  async up(queryInterface, Sequelize) {\n${calls((text) => `await queryInterface.sequelize.query(${text});`, '    ')}  },\n\n  async down(queryInterface, Sequelize) {\n    await queryInterface.dropTable('orders');\n  },\n};\n`,
    }),
    up: ({ url }) => [node(bin('sequelize-cli/lib/sequelize'), 'db:migrate', '--url', url)],
    down: ({ url }) => node(bin('sequelize-cli/lib/sequelize'), 'db:migrate:undo', '--url', url),
  },
  {
    ...project,
    name: 'Sequelize with umzug, TypeScript',
    files: () => ({
      ...MODULE,
      'migrate.ts': `import { Sequelize } from 'sequelize';\nimport { SequelizeStorage, Umzug } from 'umzug';\n\nconst sequelize = new Sequelize(process.env.DATABASE_URL!);\nconst umzug = new Umzug({\n  migrations: { glob: 'migrations/*.ts' },\n  context: sequelize.getQueryInterface(),\n  storage: new SequelizeStorage({ sequelize }),\n  logger: console,\n});\nawait umzug.runAsCLI();\n`,
      [`migrations/${STAMP}-orders.ts`]: `import type { QueryInterface } from 'sequelize';\n\nexport async function up({ context: queryInterface }: { context: QueryInterface }) {\n${calls((text) => `await queryInterface.sequelize.query(${text});`, '  ')}}\n\nexport async function down({ context: queryInterface }: { context: QueryInterface }) {\n  await queryInterface.dropTable('orders');\n}\n`,
    }),
    environment: withUrl,
    up: () => [nodeWithTypes('migrate.ts', 'up')],
    down: () => nodeWithTypes('migrate.ts', 'down'),
  },
];

const pgMigrate = (kind: string, files: Record<string, string>): Framework => ({
  ...project,
  name: `node-pg-migrate, ${kind}`,
  files: () => files,
  environment: withUrl,
  up: () => [node(bin('node-pg-migrate/bin/node-pg-migrate.js'), 'up')],
  down: () => node(bin('node-pg-migrate/bin/node-pg-migrate.js'), 'down', '1'),
});

const pgmBody = `{\n${calls((text) => `pgm.sql(${text});`, '  ')}}`;
const pgmDown = `{\n  pgm.dropTable('orders');\n}`;

const NODE_PG_MIGRATE = [
  pgMigrate('modules', {
    ...MODULE,
    [`migrations/${STAMP_MS}_orders.js`]: `export const shorthands = undefined;\n\nexport const up = (pgm) => ${pgmBody};\n\nexport const down = (pgm) => ${pgmDown};\n`,
  }),
  pgMigrate('CommonJS', {
    ...COMMON,
    [`migrations/${STAMP_MS}_orders.js`]: `exports.up = (pgm) => ${pgmBody};\n\nexports.down = (pgm) => ${pgmDown};\n`,
  }),
  pgMigrate('TypeScript, dates', {
    ...MODULE,
    [`migrations/${STAMP}000_orders.ts`]: `import type { MigrationBuilder } from 'node-pg-migrate';\n\nexport async function up(pgm: MigrationBuilder): Promise<void> ${pgmBody}\n\nexport async function down(pgm: MigrationBuilder): Promise<void> ${pgmDown}\n`,
  }),
];

const mikroOrm = (kind: string, files: Record<string, string>, config: string, run = node): Framework => ({
  ...project,
  name: `MikroORM, ${kind}`,
  files: () => files,
  // Its packages are linked and not named in package.json, where its command line looks for itself.
  environment: (place) => ({
    ...withUrl(place),
    MIKRO_ORM_CLI_CONFIG: config,
    MIKRO_ORM_ALLOW_GLOBAL_CLI: '1',
    MIKRO_ORM_CLI_ALWAYS_ALLOW_TS: '1',
  }),
  up: () => [run(bin('@mikro-orm/cli/cli.js'), 'migration:up')],
  down: () => run(bin('@mikro-orm/cli/cli.js'), 'migration:down'),
});

const MIKRO_OPTIONS =
  "clientUrl: process.env.DATABASE_URL, entities: [], discovery: { warnWhenNoEntities: false }, extensions: [Migrator], migrations: { path: './migrations', snapshot: false }";
const mikroBody = `{\n${calls((text) => `this.addSql(${text});`, '    ')}  }`;
const mikroDown = `{\n    this.addSql('${DROP_ORDERS}');\n  }`;

const MIKRO_ORM = [
  mikroOrm(
    'TypeScript',
    {
      ...MODULE,
      'mikro-orm.config.ts': `import { Migrator } from '@mikro-orm/migrations';\nimport { defineConfig } from '@mikro-orm/postgresql';\n\nexport default defineConfig({ ${MIKRO_OPTIONS} });\n`,
      [`migrations/Migration${STAMP}.ts`]: `import { Migration } from '@mikro-orm/migrations';\n\nexport class Migration${STAMP} extends Migration {\n  override async up(): Promise<void> ${mikroBody}\n\n  override async down(): Promise<void> ${mikroDown}\n}\n`,
    },
    './mikro-orm.config.ts',
    nodeWithTypes,
  ),
  mikroOrm(
    'CommonJS',
    {
      ...COMMON,
      'mikro-orm.config.js': `const { Migrator } = require('@mikro-orm/migrations');\nconst { defineConfig } = require('@mikro-orm/postgresql');\n\nmodule.exports = defineConfig({ ${MIKRO_OPTIONS} });\n`,
      [`migrations/Migration${STAMP}.js`]: `'use strict';\nconst { Migration } = require('@mikro-orm/migrations');\n\nclass Migration${STAMP} extends Migration {\n  async up() ${mikroBody}\n\n  async down() ${mikroDown}\n}\nexports.Migration${STAMP} = Migration${STAMP};\n`,
    },
    './mikro-orm.config.js',
  ),
];

const SNAPSHOT = {
  id: '3f1d0c52-8f0e-4e44-9b60-0c8d8a0f1c11',
  prevId: '00000000-0000-0000-0000-000000000000',
  version: '7',
  dialect: 'postgresql',
  tables: {},
  enums: {},
  schemas: {},
  sequences: {},
  roles: {},
  policies: {},
  views: {},
  _meta: { columns: {}, schemas: {}, tables: {} },
};
const JOURNAL = {
  version: '7',
  dialect: 'postgresql',
  entries: [{ idx: 0, version: '7', when: Number(STAMP_MS), tag: '0000_orders', breakpoints: true }],
};

const DRIZZLE: Framework = {
  ...project,
  name: 'Drizzle',
  folder: 'drizzle',
  files: () => ({
    ...MODULE,
    'schema.ts': 'export {};\n',
    'drizzle.config.ts': `import { defineConfig } from 'drizzle-kit';\n\nexport default defineConfig({ dialect: 'postgresql', schema: './schema.ts', out: './drizzle', dbCredentials: { url: process.env.DATABASE_URL! } });\n`,
    'drizzle/0000_orders.sql': createSql.trimEnd().replaceAll(';\n', ';--> statement-breakpoint\n'),
    'drizzle/meta/_journal.json': JSON.stringify(JOURNAL, null, 2),
    'drizzle/meta/0000_snapshot.json': JSON.stringify(SNAPSHOT, null, 2),
  }),
  environment: withUrl,
  up: () => [node(bin('drizzle-kit/bin.cjs'), 'check'), node(bin('drizzle-kit/bin.cjs'), 'migrate')],
  down: null,
};

export const NODE_PROJECTS: readonly Framework[] = [
  ...KNEX,
  ...TYPEORM,
  ...SEQUELIZE,
  ...NODE_PG_MIGRATE,
  ...MIKRO_ORM,
  DRIZZLE,
];
