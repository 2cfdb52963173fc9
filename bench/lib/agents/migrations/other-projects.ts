import {
  calls,
  CREATE_ORDERS,
  createSql,
  DROP_ORDERS,
  type Framework,
  type Place,
  STAMP,
} from './framework.ts';

const PYTHON: readonly Framework[] = [
  {
    name: 'Django',
    needs: 'python',
    folder: 'shop/migrations',
    files: ({ host, port, user, password, database }) => ({
      'manage.py': `import os, sys\nos.environ["DJANGO_SETTINGS_MODULE"] = "settings"\nfrom django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n`,
      'settings.py': `SECRET_KEY = "bench"\nINSTALLED_APPS = ["shop"]\nDEFAULT_AUTO_FIELD = "django.db.models.AutoField"\nDATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "${database}", "USER": "${user}", "PASSWORD": "${password}", "HOST": "${host}", "PORT": ${port}}}\n`,
      'shop/__init__.py': '',
      'shop/apps.py':
        'from django.apps import AppConfig\n\n\nclass ShopConfig(AppConfig):\n    name = "shop"\n    label = "our_shop"\n',
      'shop/migrations/__init__.py': '',
      'shop/migrations/0001_initial.py': `from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = []\n    operations = [\n${calls((text) => `migrations.RunSQL(${text}, migrations.RunSQL.noop),`, '        ')}    ]\n`,
    }),
    up: ({ tools }) => [[`${tools}/bin/python`, 'manage.py', 'migrate']],
    down: ({ tools }, before) => [
      `${tools}/bin/python`,
      'manage.py',
      'migrate',
      'our_shop',
      before.replace(/\.py$/, ''),
    ],
  },
  {
    name: 'Alembic',
    needs: 'python',
    folder: 'alembic/versions',
    files: ({ url }) => ({
      'alembic.ini': '[alembic]\nscript_location = alembic\n',
      'alembic/env.py': `from alembic import context\nfrom sqlalchemy import create_engine\n\nengine = create_engine("${url.replace(/^postgres(?:ql)?:/, 'postgresql+psycopg:')}")\nwith engine.connect() as connection:\n    context.configure(connection=connection)\n    with context.begin_transaction():\n        context.run_migrations()\n`,
      'alembic/versions/ffaa01_orders.py': `"""orders\n\nRevision ID: ffaa01\nRevises:\n"""\nfrom typing import Sequence, Union\nfrom alembic import op\n\nrevision: str = "ffaa01"\ndown_revision: Union[str, Sequence[str], None] = None\n\n\ndef upgrade() -> None:\n${calls((text) => `op.execute(${text})`, '    ')}\n\ndef downgrade() -> None:\n    op.drop_table("orders")\n`,
      'alembic/versions/0011bb_totals.py': `"""totals\n\nRevision ID: 0011bb\nRevises: ffaa01\n"""\nfrom alembic import op\n\nrevision: str = "0011bb"\ndown_revision: str = "ffaa01"\n\n\ndef upgrade() -> None:\n    op.execute("ALTER TABLE orders ADD COLUMN total integer")\n\n\ndef downgrade() -> None:\n    op.drop_column("orders", "total")\n`,
    }),
    up: ({ tools }) => [[`${tools}/bin/alembic`, 'upgrade', 'head']],
    down: ({ tools }) => [`${tools}/bin/alembic`, 'downgrade', '-1'],
  },
];

const GO: readonly Framework[] = [
  {
    name: 'goose',
    needs: 'goose',
    folder: 'migrations',
    files: () => ({
      'migrations/00001_orders.sql': `-- +goose Up\n${createSql}\n-- +goose Down\n${DROP_ORDERS};\n`,
    }),
    up: (place) => [goose(place, 'up')],
    down: (place) => goose(place, 'down'),
  },
  {
    name: 'golang-migrate',
    needs: 'golangMigrate',
    folder: 'migrations',
    files: () => ({
      'migrations/000001_orders.up.sql': createSql,
      'migrations/000001_orders.down.sql': `${DROP_ORDERS};\n`,
    }),
    up: (place) => [golangMigrate(place, 'up')],
    down: (place) => golangMigrate(place, 'down', '1'),
  },
];

function goose({ tools, url }: Place, verb: string): string[] {
  return [`${tools}/bin/goose`, '-dir', 'migrations', 'postgres', `${url}?sslmode=disable`, verb];
}

function golangMigrate({ tools, url }: Place, ...verb: string[]): string[] {
  return [`${tools}/bin/migrate`, '-path', 'migrations', '-database', `${url}?sslmode=disable`, ...verb];
}

const FLYWAY: Framework = {
  name: 'Flyway',
  needs: 'flyway',
  folder: 'migrations',
  files: ({ host, port, database, user, password }) => ({
    'migrations/V1__orders.sql': createSql,
    'migrations/V1.1__totals.sql': 'ALTER TABLE orders ADD COLUMN total integer;\n',
    'Migrate.java': `import org.flywaydb.core.Flyway;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;

public class Migrate {
  public static void main(String[] arguments) {
    var configuration = Flyway.configure()
        .dataSource("jdbc:postgresql://${host}:${port}/${database}", "${user}", "${password}")
        .locations("filesystem:migrations");
    configuration.getConfigurationExtension(PostgreSQLConfigurationExtension.class).setTransactionalLock(false);
    configuration.load().migrate();
  }
}
`,
  }),
  up: ({ tools }) => [['java', '-cp', `${tools}/lib/*`, 'Migrate.java']],
  down: null,
};

const liquibase = (
  kind: string,
  changelog: string,
  folder: string,
  files: Record<string, string>,
): Framework => {
  const command = ({ tools, host, port, database, user, password }: Place, ...verb: string[]): string[] => [
    'java',
    '-cp',
    `${tools}/lib/*`,
    'liquibase.integration.commandline.LiquibaseCommandLine',
    `--url=jdbc:postgresql://${host}:${port}/${database}`,
    `--username=${user}`,
    `--password=${password}`,
    `--changelog-file=${changelog}`,
    ...verb,
  ];
  return {
    name: `Liquibase, ${kind}`,
    needs: 'liquibase',
    folder,
    replacesInFiles: true,
    files: () => files,
    up: (place) => [command(place, 'update')],
    down: (place) => command(place, 'rollback-count', '--count=1'),
  };
};

const LIQUIBASE_SQL = `--liquibase formatted sql\n\n--changeset shop:1\n${createSql}--rollback ${DROP_ORDERS};\n`;
const XML_OPENING =
  '<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">';

const LIQUIBASE = [
  liquibase('one file of SQL', 'db/changelog.sql', 'db', { 'db/changelog.sql': LIQUIBASE_SQL }),
  liquibase('SQL files named in YAML', 'db/changelog/master.yaml', 'db/changelog/changes', {
    'db/changelog/master.yaml':
      'databaseChangeLog:\n  - include:\n      file: changes/0001-orders.sql\n      relativeToChangelogFile: true\n',
    'db/changelog/changes/0001-orders.sql': LIQUIBASE_SQL,
  }),
  liquibase('XML files named in XML', 'db/changelog/master.xml', 'db/changelog/changes', {
    'db/changelog/master.xml': `<?xml version="1.0" encoding="UTF-8"?>\n${XML_OPENING}\n    <include file="db/changelog/changes/001-orders.xml"/>\n</databaseChangeLog>\n`,
    'db/changelog/changes/001-orders.xml': `<?xml version="1.0" encoding="UTF-8"?>\n${XML_OPENING}\n    <changeSet id="1" author="shop">\n        <sql>${createSql.replaceAll('>', '&gt;')}</sql>\n        <rollback>${DROP_ORDERS}</rollback>\n    </changeSet>\n</databaseChangeLog>\n`,
  }),
  liquibase('a folder of YAML', 'db/changelog/master.yaml', 'db/changelog/changes', {
    'db/changelog/master.yaml':
      'databaseChangeLog:\n  - includeAll:\n      path: changes/\n      relativeToChangelogFile: true\n',
    'db/changelog/changes/db.changelog-1.0.yaml': `databaseChangeLog:\n  - changeSet:\n      id: 1\n      author: shop\n      changes:\n        - sql:\n            sql: ${JSON.stringify(createSql)}\n      rollback:\n        - sql:\n            sql: ${JSON.stringify(DROP_ORDERS)}\n`,
  }),
];

const RAILS: Framework = {
  name: 'Rails (ActiveRecord)',
  needs: 'rails',
  folder: 'db/migrate',
  files: ({ url }) => ({
    'migrate.rb': `require "active_record"\nActiveRecord::Base.establish_connection("${url}")\ncontext = ActiveRecord::MigrationContext.new("db/migrate", ActiveRecord::SchemaMigration)\nARGV[0] == "up" ? context.migrate : context.rollback(1)\n`,
    [`db/migrate/${STAMP}_create_orders.rb`]: `class CreateOrders < ActiveRecord::Migration[6.1]\n  def up\n${CREATE_ORDERS.map((statement) => `    execute ${JSON.stringify(statement)}\n`).join('')}  end\n\n  def down\n    drop_table :orders\n  end\nend\n`,
  }),
  up: () => [['ruby', 'migrate.rb', 'up']],
  down: () => ['ruby', 'migrate.rb', 'down'],
};

const LARAVEL: Framework = {
  name: 'Laravel',
  needs: 'laravel',
  folder: 'database/migrations',
  files: ({ host, port, database, user, password }) => ({
    'migrate.php': `<?php
require 'Illuminate/Database/autoload.php';
require 'Illuminate/Filesystem/autoload.php';
require 'Illuminate/Events/autoload.php';
$capsule = new Illuminate\\Database\\Capsule\\Manager();
$capsule->addConnection(['driver' => 'pgsql', 'host' => '${host}', 'port' => ${port}, 'database' => '${database}', 'username' => '${user}', 'password' => '${password}']);
$capsule->setAsGlobal();
$container = $capsule->getContainer();
$container->instance('db', $capsule->getDatabaseManager());
Illuminate\\Support\\Facades\\Facade::setFacadeApplication($container);
$resolver = $capsule->getDatabaseManager();
$repository = new Illuminate\\Database\\Migrations\\DatabaseMigrationRepository($resolver, 'migrations');
if (!$repository->repositoryExists()) $repository->createRepository();
$migrator = new Illuminate\\Database\\Migrations\\Migrator($repository, $resolver, new Illuminate\\Filesystem\\Filesystem());
$folders = [__DIR__ . '/database/migrations'];
$argv[1] === 'up' ? $migrator->run($folders) : $migrator->rollback($folders, ['step' => 1]);
`,
    'database/migrations/2025_01_01_120000_create_orders_table.php': `<?php\n\nuse Illuminate\\Database\\Migrations\\Migration;\nuse Illuminate\\Support\\Facades\\DB;\n\nreturn new class extends Migration\n{\n    public function up(): void\n    {\n${CREATE_ORDERS.map((statement) => `        DB::unprepared("${statement}");\n`).join('')}    }\n\n    public function down(): void\n    {\n        DB::unprepared('${DROP_ORDERS}');\n    }\n};\n`,
  }),
  up: () => [['php', 'migrate.php', 'up']],
  down: () => ['php', 'migrate.php', 'down'],
};

export const OTHER_PROJECTS: readonly Framework[] = [...PYTHON, ...GO, FLYWAY, ...LIQUIBASE, RAILS, LARAVEL];
