import { posix } from 'node:path';
import type { ProjectMigrations } from '../../project/facts.ts';
import type { MigrationFile, MigrationParts } from './migration.ts';

type Writer = (parts: MigrationParts) => MigrationFile[];

/** Comments name the finding by id and rule only: both are of a form that cannot end a comment. */
const headOf = (mark: string, { finding, rule }: MigrationParts): string => `${mark} ${finding}: ${rule}\n`;
const terminated = (statements: readonly string[]): string => statements.map((one) => `${one};\n`).join('');

/** JSON's strings are strings in JavaScript and Python. */
const doubleQuoted = (text: string): string => JSON.stringify(text);
/** Ruby and PHP put values into double quotes; single ones know two escapes. */
const singleQuoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

/** For styles without a way down of their own: it stands there to be read. */
function withWayBack(parts: MigrationParts): string {
  const way =
    parts.down === null
      ? 'Not known: write down what is there now.'
      : parts.down.map((one) => `${one};`).join('\n');
  const comment = `Way back:\n${way}`.split('\n').map((line) => `-- ${line}\n`);
  return headOf('--', parts) + comment.join('') + terminated(parts.up);
}

/** The number after that of the newest, as wide as that; a time stamp where the newest has one or there is none. */
function numberOf({ newest, stamp }: MigrationParts, width = 4): string {
  const digits = /\d+/.exec(newest ?? '')?.[0];
  if (newest === null) return '1'.padStart(width, '0');
  if (digits === undefined || digits.length >= 8) return stamp;
  return String(Number(digits) + 1).padStart(digits.length, '0');
}

const indented = (lines: readonly string[], by: string): string =>
  lines.map((line) => `${by}${line}\n`).join('');

const sql: Writer = (parts) => [{ name: `${numberOf(parts)}_${parts.slug}.sql`, text: withWayBack(parts) }];

const prisma: Writer = (parts) => [
  { name: `${parts.stamp}_${parts.slug}/migration.sql`, text: withWayBack(parts) },
];

const flyway: Writer = (parts) => {
  const name = `V${numberOf(parts, 1)}__${parts.slug}.sql`;
  // Flyway runs a migration in a transaction unless a file beside it says otherwise.
  const settings = { name: `${name}.conf`, text: 'executeInTransaction=false\n' };
  return [{ name, text: withWayBack(parts) }, ...(parts.noTransaction ? [settings] : [])];
};

const goose: Writer = (parts) => [
  {
    name: `${numberOf(parts, 5)}_${parts.slug}.sql`,
    text: [
      headOf('--', parts),
      parts.noTransaction ? '-- +goose NO TRANSACTION\n' : '',
      `-- +goose Up\n${terminated(parts.up)}`,
      parts.down === null ? '' : `\n-- +goose Down\n${terminated(parts.down)}`,
    ].join(''),
  },
];

/** Its files are sent whole, and several statements sent at once are one transaction: each statement gets its own. */
const golangMigrate: Writer = (parts) => {
  const first = numberOf(parts, 6);
  const number = (index: number): string => String(BigInt(first) + BigInt(index)).padStart(first.length, '0');
  const ways = parts.down?.toReversed();
  return parts.up.flatMap((statement, index) => {
    const name = `${number(index)}_${parts.slug}${parts.up.length > 1 ? `_${index + 1}` : ''}`;
    const way = ways?.[index];
    const up = { name: `${name}.up.sql`, text: headOf('--', parts) + terminated([statement]) };
    if (way === undefined) return [up];
    return [up, { name: `${name}.down.sql`, text: headOf('--', parts) + terminated([way]) }];
  });
};

const knex: Writer = (parts) => {
  // A question mark is a value's place in raw().
  const raw = (statement: string): string =>
    `await knex.raw(${doubleQuoted(statement.replaceAll('?', '\\?'))});`;
  const isModule = /^export\b/m.test(parts.newestText ?? '');
  const extension = /\.([cm]?[jt]s)$/.exec(parts.newest ?? '')?.[1] ?? 'js';
  const argument = extension.endsWith('ts') ? 'knex: import("knex").Knex' : 'knex';
  const isExported = isModule || extension.endsWith('ts') || extension === 'mjs';
  const define = (name: string, body: readonly string[]): string =>
    `${isExported ? 'export async function ' : 'exports.'}${name}${isExported ? '' : ' = async function '}(${argument}) {\n${indented(body, '  ')}}${isExported ? '' : ';'}\n`;
  const config = isExported ? 'export const config =' : 'exports.config =';
  return [
    {
      name: `${parts.stamp}_${parts.slug}.${extension}`,
      text: [
        headOf('//', parts),
        define('up', parts.up.map(raw)),
        '\n',
        define('down', parts.down?.map(raw) ?? ['throw new Error("The way down is not known.");']),
        parts.noTransaction ? `\n${config} { transaction: false };\n` : '',
      ].join(''),
    },
  ];
};

const django: Writer = (parts) => {
  const app = posix.basename(posix.dirname(parts.folder));
  const newest = parts.newest?.replace(/\.py$/, '');
  const ways = parts.down?.toReversed();
  const operations = parts.up.map((statement, index) => {
    const way = ways?.[index];
    const reverse = way === undefined ? '' : `, reverse_sql=${doubleQuoted(way)}`;
    return `migrations.RunSQL(sql=${doubleQuoted(statement)}${reverse}),`;
  });
  return [
    {
      name: `${numberOf(parts)}_${parts.slug}.py`,
      text: [
        `${headOf('#', parts)}from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n`,
        parts.noTransaction ? '    atomic = False\n\n' : '',
        `    dependencies = [${newest === undefined ? '' : `(${doubleQuoted(app)}, ${doubleQuoted(newest)})`}]\n\n`,
        `    operations = [\n${indented(operations, '        ')}    ]\n`,
      ].join(''),
    },
  ];
};

const alembic: Writer = (parts) => {
  const revision = parts.finding.slice(-8) + parts.stamp.slice(4, 8);
  const before = /^revision\b[^=]*=\s*["']([\w-]+)["']/m.exec(parts.newestText ?? '')?.[1];
  // A colon before a word is a value's place in text().
  const execute = (statement: string): string =>
    `op.execute(${doubleQuoted(statement.replace(/(?<![:\w\\]):(?=\w)/g, '\\:'))})`;
  const body = (statements: readonly string[]): string =>
    parts.noTransaction
      ? `    with op.get_context().autocommit_block():\n${indented(statements.map(execute), '        ')}`
      : indented(statements.map(execute), '    ');
  return [
    {
      name: `${revision}_${parts.slug}.py`,
      text: [
        `"""${parts.finding}: ${parts.rule}"""\nfrom alembic import op\n\n`,
        `revision = ${doubleQuoted(revision)}\n`,
        `down_revision = ${before === undefined ? 'None' : doubleQuoted(before)}\n`,
        'branch_labels = None\ndepends_on = None\n\n\n',
        `def upgrade():\n${body(parts.up)}\n\n`,
        `def downgrade():\n${parts.down === null ? '    raise NotImplementedError("The way down is not known.")\n' : body(parts.down)}`,
      ].join(''),
    },
  ];
};

const rails: Writer = (parts) => {
  const version = /ActiveRecord::Migration(\[[\d.]+\])/.exec(parts.newestText ?? '')?.[1] ?? '[7.0]';
  const name = parts.slug
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
  const execute = (statement: string): string => `execute ${singleQuoted(statement)}`;
  return [
    {
      name: `${parts.stamp}_${parts.slug}.rb`,
      text: [
        `${headOf('#', parts)}class ${name} < ActiveRecord::Migration${version}\n`,
        parts.noTransaction ? '  disable_ddl_transaction!\n\n' : '',
        `  def up\n${indented(parts.up.map(execute), '    ')}  end\n\n`,
        `  def down\n${indented(parts.down?.map(execute) ?? ['raise ActiveRecord::IrreversibleMigration'], '    ')}  end\nend\n`,
      ].join(''),
    },
  ];
};

const laravel: Writer = (parts) => {
  const { stamp } = parts;
  const time = `${stamp.slice(0, 4)}_${stamp.slice(4, 6)}_${stamp.slice(6, 8)}_${stamp.slice(8)}`;
  // unprepared(): a question mark is a value's place everywhere else.
  const run = (statement: string): string => `DB::unprepared(${singleQuoted(statement)});`;
  const method = (name: string, body: readonly string[]): string =>
    `    public function ${name}(): void\n    {\n${indented(body, '        ')}    }\n`;
  return [
    {
      name: `${time}_${parts.slug}.php`,
      text: [
        `<?php\n\n${headOf('//', parts)}use Illuminate\\Database\\Migrations\\Migration;\nuse Illuminate\\Support\\Facades\\DB;\n\n`,
        'return new class extends Migration\n{\n',
        parts.noTransaction ? '    public $withinTransaction = false;\n\n' : '',
        method('up', parts.up.map(run)),
        '\n',
        method(
          'down',
          parts.down?.map(run) ?? ["throw new \\RuntimeException('The way down is not known.');"],
        ),
        '};\n',
      ].join(''),
    },
  ];
};

/** One writer a style; a style that is not here cannot be written yet. */
export const MIGRATION_WRITERS: Partial<Readonly<Record<ProjectMigrations['style'], Writer>>> = {
  sql,
  prisma,
  knex,
  django,
  alembic,
  rails,
  laravel,
  flyway,
  goose,
  'golang-migrate': golangMigrate,
};
