import { drizzle } from './drizzle.ts';
import { liquibase } from './liquibase.ts';
import { knex, nodePgMigrate, sequelize } from './node.ts';
import { mikroOrm, typeorm } from './node-classes.ts';
import { alembic, django } from './python.ts';
import { laravel, rails } from './ruby-and-php.ts';
import { flyway, golangMigrate, goose, prisma, sql } from './sql.ts';
import type { MigrationStyle, Writer } from './types.ts';

export const MIGRATION_WRITERS: Readonly<Record<MigrationStyle, Writer>> = {
  sql,
  prisma,
  flyway,
  goose,
  'golang-migrate': golangMigrate,
  knex,
  sequelize,
  'node-pg-migrate': nodePgMigrate,
  typeorm,
  'mikro-orm': mikroOrm,
  drizzle,
  liquibase,
  django,
  alembic,
  rails,
  laravel,
};
