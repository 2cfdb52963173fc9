import { describe, expect, it } from 'vitest';
import type { ProjectMigrations } from '../../project/facts.ts';
import { type MigrationFile, writeMigration } from './migration.ts';

const PATCH = 'CREATE INDEX CONCURRENTLY "o\'b\\#{x}?" ON orders (buyer);';

function write(
  style: ProjectMigrations['style'],
  newest: string | null = null,
  more: { folder?: string; newestText?: string; patch?: string } = {},
): MigrationFile[] {
  const finding = {
    id: 'optimize-3f9a1c20',
    rule: 'query-optimizer/missing-index',
    patch: more.patch ?? PATCH,
  };
  const { folder = 'db/migrations', newestText = null } = more;
  return writeMigration(
    finding,
    { folder, style, newest },
    { stampMs: Date.UTC(2026, 10, 28, 16), newestText },
  );
}

const textOf = (files: readonly MigrationFile[]): string => files.map(({ text }) => text).join('');

describe('an SQL patch as a migration', () => {
  it.each([
    ['sql', '0007_users.sql', '0008_'],
    ['sql', '20250101120000_users.sql', '20261128160000_'],
    ['sql', null, '0001_'],
    ['flyway', 'V3__users.sql', 'V4__'],
    ['goose', '00012_users.sql', '00013_'],
    ['golang-migrate', '000002_users.up.sql', '000003_'],
    ['django', '0003_users.py', '0004_'],
    ['rails', '20250101120000_users.rb', '20261128160000_'],
    ['laravel', '2025_01_01_120000_users.php', '2026_11_28_160000_'],
    ['prisma', '20250101120000_users', '20261128160000_'],
  ] as const)('%s after %s goes on with %s', (style, newest, prefix) => {
    expect(write(style, newest)[0]?.name.startsWith(`${prefix}rearguard_missing_index_`)).toBe(true);
  });

  it.each([
    ['rails', 'disable_ddl_transaction!'],
    ['django', 'atomic = False'],
    ['alembic', 'autocommit_block()'],
    ['knex', 'transaction: false'],
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
  });

  it('a way back in a comment stays in it', () => {
    const patch = 'CREATE INDEX "a\nDROP TABLE users; --" ON orders (buyer);';
    const [head = ''] = textOf(write('sql', null, { patch })).split('\nCREATE');
    expect(head.split('\n').filter((line) => !line.startsWith('-- '))).toEqual([]);
  });

  it('refers to the migration before', () => {
    expect(textOf(write('django', '0003_users.py', { folder: 'shop/migrations' }))).toContain(
      '("shop", "0003_users")',
    );
    expect(textOf(write('alembic', 'a1.py', { newestText: 'revision: str = "a1b2"\n' }))).toContain(
      'down_revision = "a1b2"',
    );
    expect(
      textOf(write('rails', 'x.rb', { newestText: 'class X < ActiveRecord::Migration[8.0]' })),
    ).toContain('[8.0]');
  });

  it('gives each statement a file where a file is a transaction', () => {
    const patch = 'CREATE INDEX CONCURRENTLY a ON t (x); CREATE INDEX CONCURRENTLY b ON t (y);';
    expect(
      write('golang-migrate', '000002_users.up.sql', { patch }).map(({ name }) => name.slice(0, 6)),
    ).toEqual(['000003', '000003', '000004', '000004']);
  });

  it('a way down that is not known is said, not invented', () => {
    const patch = 'DROP INDEX CONCURRENTLY a;';
    expect(textOf(write('rails', null, { patch }))).toContain('IrreversibleMigration');
    expect(textOf(write('goose', null, { patch }))).not.toContain('+goose Down');
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

  it('a style without a writer says so', () => {
    expect(() => write('liquibase')).toThrow(/cannot be written yet/);
  });
});
