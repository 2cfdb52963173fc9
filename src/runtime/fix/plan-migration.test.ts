import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planMigration, type PlannedMigration, writeMigrationFiles } from './plan-migration.ts';

const STAMP_MS = Date.UTC(2026, 10, 28, 16);
const { signal } = new AbortController();

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'rearguard-migration-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function lay(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  }
}

function plan(id: string, wanted: string | true = true): Promise<PlannedMigration> {
  const patch = `CREATE INDEX CONCURRENTLY "${id}" ON orders (buyer);`;
  const finding = { id, rule: 'query-optimizer/missing-index', patch };
  return planMigration(finding, root, wanted, { stampMs: STAMP_MS, signal });
}

const apply = (id: string, { files }: PlannedMigration): Promise<void> =>
  writeMigrationFiles(id, root, files, { force: true, signal });

const read = (name: string): Promise<string> => readFile(path.join(root, name), 'utf8');

const JOURNAL = {
  version: '7',
  dialect: 'postgresql',
  entries: [{ idx: 0, version: '7', when: 1, tag: '0000_a', breakpoints: true }],
};

describe('a migration in a project', () => {
  it('two of one second follow each other, and one finding gets one', async () => {
    await lay({ 'db/migrate/20250101120000_a.rb': 'class A < ActiveRecord::Migration[7.1]\nend\n' });
    await apply('optimize-00000001', await plan('optimize-00000001'));
    const second = await plan('optimize-00000002');
    expect(second.files[0]?.name).toMatch(/^db\/migrate\/20261128160001_/);
    await expect(plan('optimize-00000001')).rejects.toThrow(/is its migration already/);
  });

  it('goes on with the files that name migrations', async () => {
    await lay({
      'drizzle/0000_a.sql': 'SELECT 1;--> statement-breakpoint\nSELECT 2;',
      'drizzle/meta/_journal.json': JSON.stringify(JOURNAL, null, 2),
      'drizzle/meta/0000_snapshot.json': '{ "id": "a", "prevId": "b" }',
    });
    await apply('optimize-00000001', await plan('optimize-00000001'));
    const journal = JSON.parse(await read('drizzle/meta/_journal.json')) as typeof JOURNAL;
    expect(journal.entries.map(({ tag }) => tag)).toEqual([
      '0000_a',
      '0001_rearguard_missing_index_optimize_00000001',
    ]);
    expect(JSON.parse(await read('drizzle/meta/0001_snapshot.json'))).toMatchObject({ prevId: 'a' });
  });

  it('a changelog in another folder is found from the root', async () => {
    await lay({
      'db/master.xml': '<databaseChangeLog>\n  <include file="db/changes/001.sql"/>\n</databaseChangeLog>\n',
      'db/changes/001.sql': '--liquibase formatted sql\n--changeset a:1\nSELECT 1;\n',
    });
    const { files } = await plan('optimize-00000001');
    expect(files.map(({ name }) => name)).toEqual([
      'db/changes/002-rearguard_missing_index_optimize_00000001.sql',
      'db/master.xml',
    ]);
  });

  it('files that are not recognised are not followed by plain SQL; an empty folder is', async () => {
    await lay({ 'migrations/first.txt': 'x', 'empty/.gitkeep': '' });
    await expect(plan('optimize-00000001', 'migrations')).rejects.toThrow(/not recognised as migrations/);
    const { files } = await plan('optimize-00000001', 'empty');
    expect(files[0]?.name).toMatch(/^empty\/0001_.*\.sql$/);
  });
});
