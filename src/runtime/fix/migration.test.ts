import { describe, expect, it } from 'vitest';
import type { MigrationHead } from '../../project/facts.ts';
import { writeMigration } from './migration.ts';
import type { MigrationFile, MigrationStyle, WrittenMigration } from './migrations/types.ts';

const PATCH = 'CREATE INDEX CONCURRENTLY "o\'b\\#{x}?" ON orders (buyer);';
/** No backslash: MySQL's and Liquibase's readers are asked as well. */
const ODD = `CREATE INDEX CONCURRENTLY "o'b ""q"" <&> :x" ON orders (buyer);`;

interface More {
  folder?: string;
  heads?: MigrationHead[];
  headText?: string;
  patch?: string;
  register?: { name: string; text: string };
  beside?: Record<string, string>;
  stampMs?: number;
}

function plan(style: MigrationStyle, newest: string | null = null, more: More = {}): WrittenMigration {
  const finding = {
    id: 'optimize-3f9a1c20',
    rule: 'query-optimizer/missing-index',
    patch: more.patch ?? PATCH,
  };
  const heads = more.heads ?? (newest === null ? [] : [{ name: newest, reference: newest }]);
  return writeMigration(
    finding,
    { folder: more.folder ?? 'db/migrations', style, newest, heads },
    {
      stampMs: more.stampMs ?? Date.UTC(2026, 10, 28, 16),
      headText: more.headText ?? null,
      register: more.register ?? null,
      beside: (name) => more.beside?.[name] ?? null,
    },
  );
}

const write = (...args: Parameters<typeof plan>): MigrationFile[] => plan(...args).files;
const textOf = (files: readonly MigrationFile[]): string => files.map(({ text }) => text).join('');

describe('an SQL patch as a migration', () => {
  it.each([
    ['sql', '0007_users.sql', '0008_'],
    ['sql', '20250101120000_users.sql', '20261128160000_'],
    ['sql', 'V7-users.sql', 'V8-'],
    ['sql', null, '0001_'],
    ['flyway', 'V3__users.sql', 'V4__'],
    ['flyway', 'V2_1__users.sql', 'V2_2__'],
    ['flyway', 'V1.9.3__users.sql', 'V1.9.4__'],
    ['flyway', 'V20250101120000__users.sql', 'V20261128160000__'],
    ['goose', '00012_users.sql', '00013_'],
    ['golang-migrate', '000002_users.up.sql', '000003_'],
    ['golang-migrate', '1719400000_users.up.sql', '1795881600_'],
    ['knex', '20250101120000_users.js', '20261128160000_'],
    ['knex', '003_users.js', '004_'],
    ['sequelize', '20250101120000-users.js', '20261128160000-'],
    ['node-pg-migrate', '1719400000000_users.js', '1795881600000_'],
    ['node-pg-migrate', '20250101120000000_users.js', '20261128160000000_'],
    ['typeorm', '1719400000000-Users.ts', '1795881600000-'],
    ['mikro-orm', 'Migration20250101120000.ts', 'Migration20261128160000_'],
    ['rails', '20250101120000_users.rb', '20261128160000_'],
    ['laravel', '2025_01_01_120000_users.php', '2026_11_28_160000_'],
    ['prisma', '20250101120000_users', '20261128160000_'],
  ] as const)('%s after %s goes on with %s', (style, newest, prefix) => {
    expect(write(style, newest)[0]?.name.startsWith(`${prefix}rearguard_missing_index_`)).toBe(true);
  });

  it.each([
    ['sql', '20270101235959_users.sql', '20270102000000_'],
    ['sql', '20270101_users.sql', '20270102_'],
    ['rails', '20270101120000_users.rb', '20270101120001_'],
    ['laravel', '2027_01_01_120000_users.php', '2027_01_01_120001_'],
    ['typeorm', '1895881600000-Users.ts', '1895881600001-'],
    ['golang-migrate', '1895881600_users.up.sql', '1895881601_'],
    ['node-pg-migrate', '20261128160000000_users.js', '20261128160001000_'],
    ['sql', '29999999999999_users.sql', '30000000000000_'],
  ] as const)('%s after %s, which lies ahead, is %s', (style, newest, prefix) => {
    expect(write(style, newest)[0]?.name.startsWith(prefix)).toBe(true);
  });

  it.each([
    ['rails', 'disable_ddl_transaction!'],
    ['django', 'atomic = False'],
    ['alembic', 'autocommit_block()'],
    ['knex', 'transaction: false'],
    ['node-pg-migrate', 'pgm.noTransaction()'],
    ['typeorm', 'transaction = false'],
    ['mikro-orm', 'isTransactional()'],
    ['laravel', '$withinTransaction = false'],
    ['goose', '-- +goose NO TRANSACTION'],
    ['flyway', 'executeInTransaction=false'],
  ] as const)('%s is told that it must not be in a transaction', (style, saying) => {
    expect(textOf(write(style))).toContain(saying);
    const within = write(style, null, { patch: 'CREATE INDEX i ON orders (buyer);' });
    expect(textOf(within)).not.toContain(saying);
  });

  it('what a name holds stays a name in every language', () => {
    expect(textOf(write('rails'))).toContain(String.raw`execute 'CREATE INDEX CONCURRENTLY "o\'b\\#{x}?" ON`);
    expect(textOf(write('laravel'))).toContain(
      String.raw`DB::unprepared('CREATE INDEX CONCURRENTLY "o\'b\\#{x}?"`,
    );
    expect(textOf(write('knex'))).toContain(String.raw`\"o'b\\#{x}\\?\" ON`);
    expect(textOf(write('django'))).toContain(String.raw`sql="CREATE INDEX CONCURRENTLY \"o'b\\#{x}?\" ON`);
    for (const style of ['typeorm', 'sequelize', 'node-pg-migrate', 'mikro-orm'] as const) {
      expect(textOf(write(style))).toContain(String.raw`("CREATE INDEX CONCURRENTLY \"o'b\\#{x}?\" ON`);
    }
  });

  it.each(['typeorm', 'sequelize', 'node-pg-migrate', 'mikro-orm', 'knex'] as const)(
    'a template, an end of a comment and a line break in a name are text for %s',
    (style) => {
      const patch = 'CREATE INDEX "${process.exit()} */\n`x`" ON orders (buyer);';
      expect(textOf(write(style, null, { patch }))).toContain(
        String.raw`("CREATE INDEX \"${'${process.exit()}'} */\n${'`x`'}\" ON orders (buyer)")`,
      );
    },
  );

  it('a way back in a comment stays in it', () => {
    const patch = 'CREATE INDEX "a\nDROP TABLE users; --" ON orders (buyer);';
    const [head = ''] = textOf(write('sql', null, { patch })).split('\nCREATE');
    expect(head.split('\n').filter((line) => !line.startsWith('-- '))).toEqual([]);
  });

  it.each([
    ['goose', '00001_users.sql', 'CREATE INDEX "a\n-- +goose Down\nDROP TABLE users; --" ON orders (buyer);'],
    ['drizzle', '0001_users.sql', 'CREATE INDEX "a\nb" ON orders (buyer);'],
    ['liquibase', 'changelog.sql', 'CREATE INDEX "a\n--changeset x:1\n" ON orders (buyer);'],
    ['node-pg-migrate', '001_users.sql', 'CREATE INDEX "a\n-- Down Migration\n" ON orders (buyer);'],
  ] as const)('a line break in a name is refused where %s reads line by line', (style, newest, patch) => {
    expect(() => write(style, newest, { patch, headText: 'x' })).toThrow(/holds a line break/);
  });

  it('a line break between words is none, whatever quotes stand around', () => {
    const patch = `CREATE INDEX "o'b"\n  ON orders (buyer)\n  WHERE state = 'x';`;
    expect(textOf(write('goose', '00001_users.sql', { patch }))).toContain('"o\'b"\n  ON orders');
  });

  it('refers to the migration before', () => {
    const django = {
      folder: 'shop/migrations',
      heads: [{ name: '0003_users.py', reference: 'our_shop.0003_users' }],
    };
    const [file] = write('django', '0003_users.py', django);
    expect(file?.name.startsWith('0004_')).toBe(true);
    expect(file?.text).toContain('("our_shop", "0003_users")');
    const alembic = { heads: [{ name: 'ff_users.py', reference: 'a1b2' }] };
    expect(textOf(write('alembic', 'ff_users.py', alembic))).toContain('down_revision = "a1b2"');
    expect(textOf(write('rails', 'x.rb', { headText: 'class X < ActiveRecord::Migration[8.0]' }))).toContain(
      '[8.0]',
    );
  });

  it('several ends of a history are named, and none is chosen', () => {
    const heads = [
      { name: 'a1_users.py', reference: 'a1' },
      { name: 'b2_orders.py', reference: 'b2' },
    ];
    expect(() => write('alembic', 'b2_orders.py', { heads })).toThrow(
      /2 ends \(a1_users\.py, b2_orders\.py\)/,
    );
    expect(() => write('alembic', 'b2_orders.py', { heads: [] })).toThrow(/do not tell which is the newest/);
  });

  it.each(['golang-migrate', 'prisma'] as const)(
    '%s gets a migration for each statement, because one is a transaction',
    (style) => {
      const patch = 'CREATE INDEX CONCURRENTLY a ON t (x); CREATE INDEX CONCURRENTLY b ON t (y);';
      const names = write(style, '20250101120000_users', { patch }).map(({ name }) => name.slice(0, 14));
      expect([...new Set(names)]).toEqual(['20261128160000', '20261128160001']);
    },
  );

  it('a way down that is not known is said, not invented', () => {
    const patch = 'DROP INDEX CONCURRENTLY a;';
    expect(textOf(write('rails', null, { patch }))).toContain('IrreversibleMigration');
    expect(textOf(write('goose', null, { patch }))).not.toContain('+goose Down');
    expect(textOf(write('node-pg-migrate', null, { patch }))).toContain('exports.down = false;');
    expect(textOf(write('mikro-orm', null, { patch }))).toContain('throw new Error(');
    expect(
      textOf(write('liquibase', 'a.sql', { patch, headText: 'x', register: { name: 'a.sql', text: 'x' } })),
    ).not.toContain('rollback');
  });

  it('where nothing has to be undone, the way down is empty', () => {
    const patch = 'ALTER TABLE orders VALIDATE CONSTRAINT buyer_known;';
    expect(textOf(write('alembic', null, { patch }))).toContain('def downgrade():\n    pass\n');
    expect(textOf(write('django', null, { patch }))).toContain('reverse_sql=migrations.RunSQL.noop');
    expect(textOf(write('node-pg-migrate', null, { patch }))).toContain('exports.down = (pgm) => {\n};');
  });

  it.each(['KILL 7;', 'SELECT 1', 'ALTER SYSTEM SET work_mem = 1;', ''])('%s is refused', (patch) => {
    expect(() => write('sql', null, { patch })).toThrow(/no change of the schema/);
  });

  it('control characters are refused', () => {
    expect(() => write('sql', null, { patch: 'DROP INDEX "a\u2028b";' })).toThrow(/control characters/);
  });

  it('a text that may end earlier than it seems is refused', () => {
    const patch = String.raw`CREATE INDEX i ON t (x) WHERE y = '\'; DROP TABLE users; --'`;
    expect(() => write('sql', null, { patch })).toThrow(/holds a backslash/);
  });
});

describe('scripts are written as the newest is', () => {
  it.each([
    ['a.ts', 'export class A1719400000000 implements MigrationInterface', 'export class Rearguard'],
    ['a.js', 'module.exports = class A1719400000000 {}', 'module.exports = class Rearguard'],
    ['a.js', 'export class A1719400000000 {}', 'export class Rearguard'],
  ])('TypeORM after %s: %s', (newest, headText, opening) => {
    const heads = [{ name: newest, reference: '1719400000000' }];
    const text = textOf(write('typeorm', newest, { heads, headText }));
    expect(text).toContain(opening);
    expect(text).toContain('name = "RearguardMissingIndexOptimize3f9a1c20_1795881600000";');
  });

  it('TypeORM: what must be said to its command is said', () => {
    const { notes, files } = plan('typeorm', '1719400000000-A.ts');
    expect(notes.join('')).toContain('--transaction each');
    expect(textOf(files)).toContain(notes[0]);
  });

  it.each([
    [
      'a.js',
      'module.exports = { up: (queryInterface) => {} }',
      'module.exports = {\n  async up(queryInterface) {',
    ],
    ['a.mjs', 'export default { up() {} }', 'export default {\n  async up(queryInterface) {'],
    [
      'a.ts',
      'export const up = async ({ context: queryInterface }) => {}',
      'export async function up({ context: queryInterface }: { context: QueryInterface }): Promise<void> {',
    ],
    [
      'a.js',
      'exports.up = async ({ context: sequelize }) => sequelize.getQueryInterface()',
      'exports.up = async ({ context: sequelize }) => {\n  await sequelize.query(',
    ],
  ])('Sequelize after %s: %s', (newest, headText, expected) => {
    expect(textOf(write('sequelize', newest, { headText }))).toContain(expected);
  });

  it.each([
    ['a.js', 'exports.up = (pgm) => {}', 'exports.up = (pgm) => {'],
    ['a.js', 'export const up = (pgm) => {}', 'export function up(pgm) {'],
    ['a.ts', 'export async function up(pgm) {}', 'export function up(pgm: MigrationBuilder): void {'],
  ])('node-pg-migrate after %s: %s', (newest, headText, expected) => {
    expect(textOf(write('node-pg-migrate', newest, { headText }))).toContain(expected);
  });

  it('node-pg-migrate in SQL cannot leave the transaction, and says what can', () => {
    expect(() => write('node-pg-migrate', '001_users.sql')).toThrow(/in a transaction/);
    const patch = 'ALTER TABLE orders VALIDATE CONSTRAINT c;';
    expect(textOf(write('node-pg-migrate', '001_users.sql', { patch }))).toMatch(
      /^-- Up Migration\n[^]*;\n\n-- Down Migration\n$/,
    );
  });

  it.each([
    [
      'Migration20250101120000.ts',
      'export class M extends Migration { override async up() {} }',
      'override async up',
    ],
    [
      'Migration20250101120000.js',
      'exports.M = M;',
      'exports.Migration20261128160000 = Migration20261128160000;',
    ],
  ])('MikroORM after %s', (newest, headText, expected) => {
    expect(textOf(write('mikro-orm', newest, { headText }))).toContain(expected);
  });
});

describe('Drizzle', () => {
  const entry = { idx: 4, version: '7', when: 1_900_000_000_000, tag: '0004_users', breakpoints: true };
  const journal = JSON.stringify({ version: '7', dialect: 'postgresql', entries: [entry] });
  const register = { name: 'meta/_journal.json', text: journal };

  it('gets file, journal and snapshot, younger than all before', () => {
    const snapshot = JSON.stringify({ id: 'one', prevId: 'none', tables: {} });
    const [file, meta, copy] = write('drizzle', '0004_users.sql', {
      register,
      beside: { 'meta/0004_snapshot.json': snapshot },
    });
    expect(file?.name).toBe('0005_rearguard_missing_index_optimize_3f9a1c20.sql');
    expect(meta?.before).toBe(journal);
    expect(JSON.parse(meta?.text ?? '')).toMatchObject({
      entries: [entry, { idx: 5, when: 1_900_000_000_001, tag: file?.name.replace('.sql', '') }],
    });
    expect(copy?.name).toBe('meta/0005_snapshot.json');
    expect(JSON.parse(copy?.text ?? '')).toMatchObject({ prevId: 'one', tables: {} });
  });

  it('says what cannot be done in its transaction, and finds it done', () => {
    const { files, notes } = plan('drizzle', '0004_users.sql', { register });
    expect(notes.join('\n')).toContain('CREATE INDEX CONCURRENTLY "o');
    expect(files[0]?.text).toContain('\nCREATE INDEX IF NOT EXISTS "o');
  });

  it('is refused without a journal, and where a name separates statements', () => {
    expect(() => write('drizzle', '0004_users.sql')).toThrow(/_journal\.json of Drizzle was not found/);
    const patch = 'CREATE INDEX "a--> statement-breakpoint" ON t (x);';
    expect(() => write('drizzle', '0004_users.sql', { register, patch })).toThrow(/separates statements/);
  });
});

describe('Liquibase', () => {
  const xml = `<?xml version="1.0"?>\n<databaseChangeLog xmlns="urn:x">\n</databaseChangeLog>\n`;
  const yaml = 'databaseChangeLog:\n- changeSet:\n    id: 1\n';

  it.each([
    [
      'sql',
      '--liquibase formatted sql\n',
      'runInTransaction:false',
      `ON orders (buyer);\n--rollback DROP INDEX`,
    ],
    [
      'xml',
      xml,
      'runInTransaction="false"',
      `&quot;o'b &quot;&quot;q&quot;&quot; &lt;&amp;&gt; :x&quot; ON orders`,
    ],
    [
      'yaml',
      yaml,
      'runInTransaction: false',
      String.raw`sql: "CREATE INDEX CONCURRENTLY \"o'b \"\"q\"\" <&> :x\" ON`,
    ],
  ])('a lone changelog of %s goes on', (ending, headText, alone, statement) => {
    const name = `changelog.${ending}`;
    const [file, ...others] = write('liquibase', name, {
      patch: ODD,
      headText,
      register: { name, text: headText },
    });
    expect(others).toEqual([]);
    expect(file?.before).toBe(headText);
    expect(file?.text).toContain(alone);
    expect(file?.text).toContain(statement);
  });

  it('a changelog that is named in another is named there too', () => {
    const master = 'databaseChangeLog:\n  - include:\n      file: changes/0009-users.sql\n';
    const [file, register] = write('liquibase', '0009-users.sql', {
      patch: ODD,
      headText: '--liquibase formatted sql\n',
      register: { name: '../master.yaml', text: master },
    });
    expect(file?.name).toBe('0010-rearguard_missing_index_optimize_3f9a1c20.sql');
    expect(register?.text).toBe(`${master}  - include:\n      file: changes/${file?.name}\n`);
  });

  it('in XML, the opening is that of the newest', () => {
    const [file, register] = write('liquibase', 'db.changelog-1.2.xml', {
      patch: ODD,
      headText: xml,
      register: {
        name: 'master.xml',
        text: `${xml.split('</')[0]}  <include file="db.changelog-1.2.xml"/>\n</databaseChangeLog>`,
      },
    });
    expect(file?.text).toContain('<databaseChangeLog xmlns="urn:x">');
    expect(register?.text).toContain(`  <include file="${file?.name}"/>\n</databaseChangeLog>`);
  });

  it('is refused for what Liquibase would replace, and for a second time', () => {
    const patch = 'CREATE INDEX "${x}" ON t (x);';
    expect(() => write('liquibase', 'a.sql', { patch, headText: 'x' })).toThrow(/which Liquibase replaces/);
    const headText = '--changeset rearguard:optimize-3f9a1c20\n';
    expect(() => write('liquibase', 'a.sql', { patch: ODD, headText })).toThrow(/already/);
    expect(() => write('liquibase', 'a.json', { patch: ODD, headText: '{}' })).toThrow(
      /\.json cannot be written/,
    );
  });
});

it('Flyway replaces nothing in a name', () => {
  const files = write('flyway', 'V1__a.sql', { patch: 'CREATE INDEX "${x}" ON t (x);' });
  expect(files[1]?.text).toBe('placeholderReplacement=false\n');
});
