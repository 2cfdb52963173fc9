import { describe, expect, it } from 'vitest';
import type { ProjectMigrations } from './facts.ts';
import { readProject } from './read-project.ts';
import { memoryFiles } from './test-support/memory-files.ts';

async function read(contents: Readonly<Record<string, string>>): Promise<ProjectMigrations[]> {
  const facts = await readProject('/root', memoryFiles(contents), new AbortController().signal);
  return facts.migrations.map(({ value }) => value);
}

const revision = (name: string, before: string): string =>
  `"""${name}\n\nrevision = "not this one"\n"""\n# down_revision = "${name}"\nrevision: str = '${name}'\ndown_revision: Union[str, None] = ${before}\n`;

const django = (dependencies: string, more = ''): string =>
  `from django.db import migrations\n\nclass Migration(migrations.Migration):\n    dependencies = [${dependencies}]\n${more}    operations = []\n`;

describe('the migration that a new one comes after', () => {
  it('Alembic: the head of the revisions, whatever the files are called', async () => {
    const [found] = await read({
      'alembic/versions/ff01_users.py': revision('ff01', 'None'),
      'alembic/versions/9901_orders.py': revision('9901', '"ff01"'),
      'alembic/versions/aa01_test.py': revision('aa01', "'9901'"),
    });
    expect(found).toMatchObject({
      newest: 'aa01_test.py',
      heads: [{ name: 'aa01_test.py', reference: 'aa01' }],
    });
  });

  it('Alembic: branches are told until they are merged', async () => {
    const branches = {
      'versions/1_a.py': revision('1', 'None'),
      'versions/2_b.py': revision('2', '"1"'),
      'versions/3_c.py': revision('3', '"1"'),
    };
    const [open] = await read(branches);
    expect(open?.heads.map(({ name }) => name)).toEqual(['2_b.py', '3_c.py']);
    const [merged] = await read({
      ...branches,
      'versions/0_merge.py': revision('0', '(\n    "2",\n    "3",\n)'),
    });
    expect(merged?.heads).toEqual([{ name: '0_merge.py', reference: '0' }]);
  });

  it('Django: the leaf within the app, under the label of the app', async () => {
    const [found] = await read({
      'shop/apps.py': 'class ShopConfig(AppConfig):\n    name = "shop"\n    label = "our_shop"\n',
      'shop/migrations/0001_initial.py': django('("auth", "0002_x")'),
      'shop/migrations/0002_b.py': django('("our_shop", "0003_a"), ("auth", "0001_initial")'),
      'shop/migrations/0003_a.py': django('("our_shop", "0001_initial")'),
    });
    expect(found?.heads).toEqual([{ name: '0002_b.py', reference: 'our_shop.0002_b' }]);
    expect(found?.newest).toBe('0002_b.py');
  });

  it('Django: a squashed migration stands for those it replaces', async () => {
    const first = {
      'shop/migrations/0001_initial.py': django(''),
      'shop/migrations/0002_a.py': django('("shop", "0001_initial")'),
      'shop/migrations/0001_squashed_0002_a.py': django(
        '',
        '    replaces = [("shop", "0001_initial"), ("shop", "0002_a")]\n',
      ),
    };
    const [squashed] = await read(first);
    expect(squashed?.heads.map(({ reference }) => reference)).toEqual(['shop.0001_squashed_0002_a']);
    const [later] = await read({ ...first, 'shop/migrations/0003_b.py': django('("shop", "0002_a")') });
    expect(later?.heads.map(({ name }) => name)).toEqual(['0003_b.py']);
  });

  it('Django: two leaves are two', async () => {
    const [found] = await read({
      'shop/migrations/0001_initial.py': django(''),
      'shop/migrations/0002_a.py': django('("shop", "0001_initial")'),
      'shop/migrations/0002_b.py': django('("shop", "0001_initial")'),
    });
    expect(found?.heads.map(({ name }) => name)).toEqual(['0002_a.py', '0002_b.py']);
  });

  it('TypeORM: by the class, also in JavaScript, where only a comment names the interface', async () => {
    const [found] = await read({
      'src/migrations/A.js':
        '/** @implements {MigrationInterface} */\nmodule.exports = class B7_1750000000000 {};\n',
      'src/migrations/Z.js': 'module.exports = class A1740000000000 {};\n',
    });
    expect(found).toMatchObject({
      style: 'typeorm',
      heads: [{ name: 'A.js', reference: '1750000000000' }],
    });
  });

  it('versions that are taken elsewhere count', async () => {
    const [flyway] = await read({
      'src/main/resources/db/migration/V2__a.sql': 'SELECT 1;',
      'src/main/resources/db/migration/V2.1__b.sql': 'SELECT 1;',
      'src/main/java/db/migration/V3_1__c.java': 'class V3_1__c {}',
    });
    expect(flyway?.heads).toEqual([{ name: 'V2.1__b.sql', reference: 'V3_1__c.java' }]);
    const [goose] = await read({
      'migrations/00001_a.sql': '-- +goose Up\nSELECT 1;',
      'migrations/00002_b.go': 'package migrations\n',
    });
    expect(goose?.heads[0]?.reference).toBe('00002_b.go');
    const [rails] = await read({
      'db/migrate/20250101120000_a.rb': 'class A < ActiveRecord::Migration[7.1]\nend\n',
      'db/schema.rb': 'ActiveRecord::Schema[7.1].define(version: 2026_03_01_000000) do\nend\n',
    });
    expect(rails?.heads[0]?.reference).toBe('20260301000000');
  });

  it('MikroORM is told from TypeORM', async () => {
    const [found] = await read({
      'migrations/Migration20250101120000.js':
        "const { Migration } = require('@mikro-orm/migrations');\nclass Migration20250101120000 extends Migration {}\n",
    });
    expect(found?.style).toBe('mikro-orm');
  });

  it('node-pg-migrate in SQL is told from plain SQL', async () => {
    const [found] = await read({ 'migrations/001_a.sql': '-- Up Migration\nSELECT 1;\n-- Down Migration\n' });
    expect(found?.style).toBe('node-pg-migrate');
  });
});

describe('where a new one has to be written down too', () => {
  const changeSet = '--liquibase formatted sql\n--changeset a:1\nSELECT 1;\n';

  it.each([
    ['- include:\n      file: changes/002.sql', 'db/master.yaml'],
    ['- includeAll:\n      path: changes/', null],
    ['- include:\n      file: elsewhere/x.sql', 'db/changes/002.sql'],
  ])('Liquibase: %j', async (include, register) => {
    const all = await read({
      'db/master.yaml': `databaseChangeLog:\n  ${include}\n`,
      'db/changes/001.sql': changeSet,
      'db/changes/002.sql': changeSet,
    });
    expect(all).toEqual([
      expect.objectContaining({
        folder: 'db/changes',
        style: 'liquibase',
        count: 2,
        newest: '002.sql',
        register,
      }),
    ]);
  });

  it('Drizzle: its journal', async () => {
    const [found] = await read({ 'drizzle/0000_a.sql': 'SELECT 1;\n' });
    expect(found?.register).toBe('drizzle/meta/_journal.json');
  });
});

describe('which files are migrations', () => {
  it('Django: also those about tests, and those with a dash; none of an app of tests', async () => {
    const all = await read({
      'shop/migrations/0001_initial.py': django(''),
      'shop/migrations/0002_add_column_to_test.py': django(''),
      'shop/migrations/0003_more-columns.py': django(''),
      'tests/shop/migrations/0001_initial.py': django(''),
    });
    expect(all.map(({ folder, count }) => `${folder} ${count}`)).toEqual(['shop/migrations 3']);
  });

  it('Alembic: in several folders of versions, whatever those are called', async () => {
    const all = await read({
      'app/alembic/main_versions/1_a.py': revision('1', 'None'),
      'app/alembic/tenant_versions/2_b.py': revision('2', 'None'),
    });
    expect(all.map(({ folder, newest }) => `${folder} ${newest}`)).toEqual([
      'app/alembic/main_versions 1_a.py',
      'app/alembic/tenant_versions 2_b.py',
    ]);
  });
});
