import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { knowledgeDocument } from '../../workspace/knowledge/document.ts';
import type { KnowledgeEntry } from '../../workspace/knowledge/entry.ts';
import { formatEntry } from '../../workspace/knowledge/format.ts';
import { openTestShop, NEVER, type TestShop } from '../runtime-fixture.ts';
import { endSession, noteSession, startSession } from './sessions.ts';

const LESSON: KnowledgeEntry = {
  id: 'kb-the-switch',
  kind: 'pattern',
  title: 'The switch was off',
  date: '2026-11-28',
  author: null,
  reviewBy: null,
  runId: null,
  matches: { findings: [], patterns: [] },
  fields: { 'System Pattern': 'A switch' },
  tags: [],
};

let shop: TestShop;

beforeEach(async () => {
  shop = await openTestShop();
});
afterEach(() => shop.close());

function git(...argv: string[]): void {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
  execFileSync('git', [...identity, ...argv], { cwd: shop.folder, stdio: 'pipe' });
}

describe('a session', () => {
  it('ends in an update that says what was run, found, mended and changed', async () => {
    await mkdir(join(shop.folder, 'ai-agents', 'backend'), { recursive: true });
    await writeFile(join(shop.folder, 'app.js'), 'one\n');
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'first');
    const runtime = await shop.open();
    const begun = await startSession(runtime, { title: 'mend the switch', by: 'Ann' });
    expect(begun.report.summary).toMatch(/^Session \d{4}-\d\d-\d\d-mend-the-switch is open\.$/);

    const look = { tool: 'shop-guard', command: 'probe', input: {}, signal: NEVER };
    shop.status = 500;
    await runtime.run(look);
    shop.status = 200;
    await runtime.run(look);
    await noteSession(runtime, { text: 'it was\n## off', kind: 'insight' });
    await writeFile(join(shop.folder, 'app.js'), 'one\ntwo\n');
    await mkdir(join(shop.folder, 'ai-agents', 'backend', 'docs'));
    await writeFile(
      join(shop.folder, 'ai-agents', 'backend', 'docs', 'KNOWLEDGE.md'),
      `${knowledgeDocument()}\n${formatEntry(LESSON)}`,
    );
    const ended = await endSession(runtime);
    const { file } = ended.report.data as { file: string };
    const text = await readFile(join(shop.folder, file), 'utf8');
    expect(text).toContain('by Ann');
    expect(text).toMatch(/- Gone at \d\d:\d\d: /);
    expect(text).toContain('it was &#35;&#35; off');
    expect(text).toContain('`rearguard shop-guard probe`: 2 times, last it passed');
    expect(text).toContain('`app.js` (+1 -0)');
    expect(text).toContain('- Lesson `kb-the-switch`: The switch was off');
  });

  it('is ended twice without a change, and what a person completed stays', async () => {
    await mkdir(join(shop.folder, 'ai-agents', 'backend'), { recursive: true });
    const runtime = await shop.open();
    await startSession(runtime, { title: 'twice' });
    const first = await endSession(runtime);
    const path = join(shop.folder, (first.report.data as { file: string }).file);
    await writeFile(path, 'completed by hand');
    const again = await endSession(runtime);
    expect(again.report).toMatchObject({ status: 'pass', data: { changed: false }, artifacts: [] });
    expect(await readFile(path, 'utf8')).toBe('completed by hand');
  });

  it('is one at a time, also between two processes', async () => {
    const [one, other] = [await shop.open(), await shop.open()];
    await startSession(one, { title: 'one' });
    const refused = await startSession(other, { title: 'other' });
    expect(refused).toMatchObject({ exitCode: 2, report: { error: { code: 'E_SESSION_OPEN' } } });
  });

  it('stays open where its update cannot be written', async () => {
    const runtime = await shop.open();
    await startSession(runtime, { title: 'nowhere' });
    const failed = await endSession(runtime);
    expect(failed).toMatchObject({ exitCode: 2, report: { error: { code: 'E_WORKSPACE_MISSING' } } });
    expect(runtime.openStore().sessions.open()?.title).toBe('nowhere');
  });

  it('is asked for before there is one', async () => {
    const runtime = await shop.open();
    const none = [await endSession(runtime), await noteSession(runtime, { text: 'x', kind: 'tool' })];
    expect(none.map(({ report }) => report.error?.code)).toEqual(['E_SESSION_NONE', 'E_SESSION_NONE']);
  });
});
