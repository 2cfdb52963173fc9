import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NEVER, openTestShop, type TestShop } from '../runtime-fixture.ts';
import { type ApiUpdateOptions, writeApiUpdate } from './api-update.ts';

let shop: TestShop;

beforeEach(async () => {
  shop = await openTestShop();
});
afterEach(() => shop.close());

function git(...argv: string[]): void {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
  execFileSync('git', [...identity, ...argv], { cwd: shop.folder, stdio: 'pipe' });
}

function documentWith(properties: object): string {
  const schema = { type: 'object', properties };
  const responses = { 200: { description: 'ok', content: { 'application/json': { schema } } } };
  return JSON.stringify({ openapi: '3.1.0', info: {}, paths: { '/ok': { get: { responses } } } });
}

const options = (more: Partial<ApiUpdateOptions> = {}): ApiUpdateOptions => ({
  before: 'git:HEAD',
  reason: null,
  timeline: 'on 1 December',
  dryRun: false,
  cwd: shop.folder,
  signal: NEVER,
  ...more,
});

const OVERVIEW = ['ai-agents', 'backend', 'AI-PROJECT-OVERVIEW.md'] as const;

describe('overview api-update', () => {
  it('compares the working tree with what git has, writes the entry once, and shows it before', async () => {
    await shop.configure({ targets: { shop: { baseUrl: shop.url, openapi: 'openapi.json' } } });
    const document = join(shop.folder, 'openapi.json');
    await writeFile(document, documentWith({ id: { type: 'string' }, email: { type: 'string' } }));
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'first');
    await writeFile(document, documentWith({ id: { type: 'string' } }));
    const runtime = await shop.open();

    const shown = await writeApiUpdate(runtime, options({ dryRun: true }));
    expect(shown.report.artifacts).toEqual([]);
    expect(shown.report.sections.map(({ kind }) => kind)).toEqual(['table', 'diff']);

    const written = await writeApiUpdate(runtime, options());
    expect(written.report.summary).toBe(
      '1 operation changed, 1 of them breaking; 1 entry went into ai-agents/backend/AI-PROJECT-OVERVIEW.md.',
    );
    const text = await readFile(join(shop.folder, ...OVERVIEW), 'utf8');
    expect(text).toContain('## API Update: GET /ok');
    expect(text).toContain('**Timeline**: on 1 December');
    expect(text).toMatch(/^# /);
    const again = await writeApiUpdate(runtime, options());
    expect(again.report.data).toMatchObject({ added: 0, file: null });
    expect(await readFile(join(shop.folder, ...OVERVIEW), 'utf8')).toBe(text);
  });

  it('keeps what stands there byte for byte, a byte order mark and line ends included', async () => {
    const byHand = '\ufeff# Overview\r\n\r\nBy hand.\r\n';
    await mkdir(join(shop.folder, 'ai-agents', 'backend'), { recursive: true });
    await writeFile(join(shop.folder, ...OVERVIEW), byHand);
    await writeFile(join(shop.folder, 'old.json'), documentWith({ id: {} }));
    await writeFile(join(shop.folder, 'new.json'), documentWith({}));
    const runtime = await shop.open();
    const reason = 'password=hunter2hunter2 leaked';
    await writeApiUpdate(runtime, options({ before: 'old.json', after: 'new.json', reason }));
    const text = await readFile(join(shop.folder, ...OVERVIEW), 'utf8');
    expect(text.startsWith(byHand)).toBe(true);
    expect(text).not.toContain('hunter2');
  });

  it('says what is wrong with either document, and writes nothing', async () => {
    const runtime = await shop.open();
    await writeFile(join(shop.folder, 'old.json'), documentWith({}));
    await writeFile(join(shop.folder, 'broken.json'), '{');
    const codes = async (more: Partial<ApiUpdateOptions>): Promise<string | undefined> =>
      (await writeApiUpdate(runtime, options(more))).report.error?.code;
    expect(await codes({})).toBe('E_USAGE');
    expect(await codes({ after: 'absent.json' })).toBe('E_FILE_UNREADABLE');
    expect(await codes({ after: 'broken.json', before: 'old.json' })).toBe('E_UNREACHABLE');
    expect(await codes({ after: 'old.json', before: 'git:--output=x' })).toBe('E_USAGE');
  });
});
