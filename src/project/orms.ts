import type { Fact } from './facts.ts';
import { found, uniqueFacts } from './fact.ts';
import { type Dependency, type PackageTable, rowsOf } from './manifests.ts';

/** Also query builders and what else stands between code and database. */
const ORMS: PackageTable<{ name: string }> = [
  { name: 'Prisma', packages: { npm: '@prisma/client prisma', PyPI: 'prisma' } },
  { name: 'TypeORM', packages: { npm: 'typeorm @nestjs/typeorm' } },
  { name: 'Sequelize', packages: { npm: 'sequelize @nestjs/sequelize' } },
  { name: 'Drizzle', packages: { npm: 'drizzle-orm' } },
  { name: 'MikroORM', packages: { npm: '@mikro-orm/core @mikro-orm/postgresql @mikro-orm/mysql' } },
  { name: 'Objection', packages: { npm: 'objection' } },
  { name: 'Bookshelf', packages: { npm: 'bookshelf' } },
  { name: 'Knex', packages: { npm: 'knex' } },
  { name: 'Kysely', packages: { npm: 'kysely' } },
  { name: 'Mongoose', packages: { npm: 'mongoose @nestjs/mongoose' } },
  { name: 'Django ORM', packages: { PyPI: 'django' } },
  { name: 'SQLModel', packages: { PyPI: 'sqlmodel' } },
  { name: 'SQLAlchemy', packages: { PyPI: 'sqlalchemy flask-sqlalchemy' } },
  { name: 'Tortoise ORM', packages: { PyPI: 'tortoise-orm' } },
  { name: 'Peewee', packages: { PyPI: 'peewee' } },
  { name: 'MongoEngine', packages: { PyPI: 'mongoengine' } },
  { name: 'ActiveRecord', packages: { RubyGems: 'rails activerecord' } },
  { name: 'Mongoid', packages: { RubyGems: 'mongoid' } },
  { name: 'Eloquent', packages: { Packagist: 'laravel/framework illuminate/database' } },
  { name: 'Doctrine', packages: { Packagist: 'doctrine/orm' } },
  { name: 'Spring Data JPA', packages: { Maven: 'org.springframework.boot:spring-boot-starter-data-jpa' } },
  { name: 'Spring Data JDBC', packages: { Maven: 'org.springframework.boot:spring-boot-starter-data-jdbc' } },
  {
    name: 'Spring Data R2DBC',
    packages: { Maven: 'org.springframework.boot:spring-boot-starter-data-r2dbc' },
  },
  { name: 'Hibernate', packages: { Maven: 'org.hibernate.orm:hibernate-core org.hibernate:hibernate-core' } },
  { name: 'MyBatis', packages: { Maven: 'org.mybatis.spring.boot:mybatis-spring-boot-starter' } },
  { name: 'jOOQ', packages: { Maven: 'org.springframework.boot:spring-boot-starter-jooq org.jooq:jooq' } },
  { name: 'GORM', packages: { Go: 'gorm.io/gorm' } },
  { name: 'sqlx', packages: { Go: 'github.com/jmoiron/sqlx', 'crates.io': 'sqlx' } },
  { name: 'ent', packages: { Go: 'entgo.io/ent' } },
  { name: 'Bun', packages: { Go: 'github.com/uptrace/bun' } },
];

export function ormsOf(dependencies: readonly Dependency[]): Fact<string>[] {
  const facts = rowsOf(ORMS, dependencies).map(({ row, dependency }) => found(row.name, dependency.manifest));
  return uniqueFacts(facts, (name) => name);
}
