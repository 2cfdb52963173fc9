import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportSchema } from '../../core/report.ts';
import { workspaceLayout } from '../../workspace/layout.ts';
import { knowledgeDocument } from '../../workspace/knowledge/document.ts';
import { fieldsOf } from '../../workspace/knowledge/entry.ts';
import { runCheck } from '../check.ts';
import type { RunResult } from '../envelope.ts';
import { listFindings, showFinding } from '../findings.ts';
import type { Runtime } from '../runtime.ts';
import { NEVER, openTestShop, type TestShop } from '../runtime-fixture.ts';
import { OWN_DATA_SCHEMAS } from '../schemas.ts';
import { runVerify } from '../verify.ts';
import { addKnowledge } from './add.ts';
import { checkKnowledge, searchInKnowledge, showKnowledge } from './look-up.ts';

let shop: TestShop;
let runtime: Runtime;
let file: string;
let finding: string;

beforeEach(async () => {
  shop = await openTestShop();
  shop.status = 500;
  runtime = await shop.open();
  file = workspaceLayout(shop.folder).knowledge;
  await mkdir(dirname(file), { recursive: true });
  finding = (await probe()).report.findings[0]?.id ?? '';
});
afterEach(() => shop.close());

const probe = (): Promise<RunResult> =>
  runtime.run({ tool: 'shop', command: 'probe', input: {}, signal: NEVER });
const fields = Object.fromEntries(fieldsOf('incident').map((name) => [name, `${name} of it`]));

async function checked(result: Promise<RunResult>): Promise<RunResult> {
  const { report } = await result;
  expect(reportSchema.safeParse(report).error).toBeUndefined();
  expect(OWN_DATA_SCHEMAS[report.command]?.safeParse(report.data).success).toBe(report.error === undefined);
  return result;
}

describe('knowledge add', () => {
  it('drafts an entry from a finding, once', async () => {
    const { report } = await checked(addKnowledge(runtime, { from: finding, author: 'Ann' }));
    expect(report.error).toBeUndefined();
    expect(report.data).toMatchObject({ changed: true });
    const text = await readFile(file, 'utf8');
    expect(text.startsWith(knowledgeDocument())).toBe(true);
    expect(text).toContain(`**Matches**: \`${finding}\``);
    expect(text).toContain('rearguard shop-guard probe');
    const shown = await showFinding(runtime, finding);
    // A draft says what a tool proposes, and nothing that was done.
    expect(shown.report.findings[0]?.knowledge).toMatchObject([{ matchedBy: 'fingerprint', solution: null }]);
    const again = await checked(addKnowledge(runtime, { from: finding, author: 'Eve' }));
    expect(again.report.data).toMatchObject({ changed: false });
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('says of one that is gone when that was, and in which run', async () => {
    shop.status = 200;
    const { report } = await probe();
    await checked(addKnowledge(runtime, { from: finding }));
    const text = await readFile(file, 'utf8');
    expect(text).toContain(`Gone on ${report.startedAt.slice(0, 10)}.`);
    expect(text).toContain(`run ${report.runId}`);
  });

  it('keeps what people wrote byte for byte, and what several add at once', async () => {
    const before = '\uFEFF# Ours\r\n\r\n*  words \r\n';
    await writeFile(file, before);
    const other = await shop.open();
    const results = await Promise.all(
      [runtime, other, runtime, other].map((one, index) =>
        addKnowledge(one, { title: `Lesson ${index}`, fields }),
      ),
    );
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    const text = await readFile(file, 'utf8');
    expect(text.startsWith(before)).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
    expect((await searchInKnowledge(runtime, {})).report.data).toMatchObject({ total: 4 });
  });

  it.each([
    ['what lacks headings', { title: 'x' }, 'it lacks'],
    ['what has no title', { fields }, 'title'],
    ['two entries', { markdown: '## Backend Issue: a\n## Backend Issue: b\n' }, '2 entries'],
    ['a date that is none', { title: 'x', fields, reviewBy: '2026-02-31x' }, 'no date'],
    ['a match that is none', { title: 'x', fields, matches: ['what?'] }, 'neither'],
  ])('refuses %s, and writes nothing', async (_, input, message) => {
    const { report, exitCode } = await checked(addKnowledge(runtime, input));
    expect(exitCode).toBe(2);
    expect(report.error?.message).toContain(message);
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });

  it('refuses to write into a code block that does not end, and under an id that says something else', async () => {
    await checked(addKnowledge(runtime, { title: 'x', fields }));
    const twin = await checked(
      addKnowledge(runtime, { title: 'x', fields: { ...fields, Solution: 'other' } }),
    );
    expect(twin.report.error?.code).toBe('E_KNOWLEDGE_INVALID');
    await writeFile(file, '# a\n```\n');
    const { report } = await checked(addKnowledge(runtime, { title: 'x', fields }));
    expect(report.error?.message).toContain('line 2');
    expect(await readFile(file, 'utf8')).toBe('# a\n```\n');
  });

  it('takes an entry as it would stand in the file', async () => {
    const markdown = `## Backend Pattern: Replicas\n${fieldsOf('pattern')
      .map((name) => `**${name}**: text\n`)
      .join('')}`;
    await checked(addKnowledge(runtime, { markdown }));
    const { report } = await checked(showKnowledge(runtime, 'replicas'));
    expect(report.data).toMatchObject({ entry: { kind: 'pattern', title: 'Replicas' }, findings: [] });
    const text = await readFile(file, 'utf8');
    await checked(addKnowledge(runtime, { markdown }));
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});

describe('recall', () => {
  it('shows what is known wherever findings are shown, and stores none of it', async () => {
    await addKnowledge(runtime, {
      title: 'Endpoints fail',
      fields,
      matches: ['shop-guard/not-ok on /*'],
    });
    const known = [{ title: 'Endpoints fail', solution: 'Solution of it', matchedBy: 'pattern' }];
    const results = [
      await probe(),
      await runCheck(runtime, { tools: ['shop-guard'], signal: NEVER }),
      await listFindings(runtime),
      await showFinding(runtime, finding),
      await runVerify(runtime, finding, { signal: NEVER }),
    ];
    for (const { report } of results) {
      expect(reportSchema.safeParse(report).error).toBeUndefined();
      expect(report.findings.find(({ id }) => id === finding)?.knowledge).toMatchObject(known);
    }
    const store = runtime.openStore();
    const stored = results.flatMap(({ report }) => store.runs.get(report.runId)?.findings ?? []);
    expect(stored.length).toBeGreaterThan(0);
    expect(stored.filter((one) => one.knowledge !== undefined)).toEqual([]);
    expect(store.findings.get(finding)?.knowledge).toBeUndefined();
  });

  it('warns of knowledge that cannot be read, and of nothing else', async () => {
    await mkdir(file);
    const { report, exitCode } = await listFindings(runtime);
    expect(exitCode).toBe(0);
    expect(report.findings).not.toEqual([]);
    expect(report.diagnostics).toMatchObject([{ level: 'warning' }]);
  });
});

describe('knowledge search, show and check', () => {
  beforeEach(async () => {
    await addKnowledge(runtime, { from: finding });
    await addKnowledge(runtime, {
      title: 'Sessions outlive logout',
      fields: { ...fields, Solution: 'first line\n\nThe cache keeps them' },
      tags: ['login'],
    });
  });

  it.each(['session', 'logaut', 'cache keeps', 'login'])('finds %s', async (words) => {
    const { report } = await checked(searchInKnowledge(runtime, { words }));
    expect(report.data).toMatchObject({ hits: [{ title: 'Sessions outlive logout' }] });
  });

  it('tells the line of what it found', async () => {
    const { report } = await searchInKnowledge(runtime, { words: 'cache' });
    const lines = (await readFile(file, 'utf8')).split('\n');
    const line = lines.findIndex((text) => text.includes('The cache keeps them')) + 1;
    expect(report.data).toMatchObject({
      hits: [{ field: 'Solution', place: { line }, snippet: 'The cache keeps them' }],
    });
  });

  it('shows the findings that an entry fits, and names the nearest id', async () => {
    const { report } = await searchInKnowledge(runtime, { words: finding });
    const { hits } = report.data as { hits: { id: string }[] };
    const shown = await checked(showKnowledge(runtime, hits[0]?.id ?? ''));
    expect(shown.report.data).toMatchObject({ findings: [finding] });
    const missing = await checked(showKnowledge(runtime, 'kb-sesions-outlive-logout'));
    expect(missing.exitCode).toBe(2);
    expect(missing.report.error?.message).toContain('kb-sessions-outlive-logout');
  });

  it('fails for each line to see to', async () => {
    const drafted = await checked(checkKnowledge(runtime));
    expect(drafted.exitCode).toBe(1);
    expect(JSON.stringify(drafted.report.data)).toContain('is to be completed');
    await writeFile(
      file,
      [
        '## Backend Pattern: a',
        '`kb-a` · 2024-01-01 · review by 2024-02-01',
        '**Matches**: `shop-guard/gone`, `nobody/rule`, `xx-3f9a1c20`',
        ...fieldsOf('pattern').map((name) => `**${name}**: \`rearguard no-tool x\``),
        '## Backend Pattern: b',
        '`kb-a` · 2024-01-01',
      ].join('\n'),
    );
    const { report } = await checked(checkKnowledge(runtime));
    const { problems } = report.data as { problems: { line: number; message: string }[] };
    const said = problems.map(({ line, message }) => `${line} ${message}`);
    expect(said).toEqual(
      expect.arrayContaining([
        expect.stringContaining('1 it was to be reviewed by 2024-02-01'),
        expect.stringContaining('1 Matches names the rule shop-guard/gone'),
        expect.stringContaining('1 Matches names the tool nobody'),
        expect.stringContaining('1 Matches names findings of xx'),
        expect.stringContaining('4 System Pattern names the tool no-tool'),
        expect.stringContaining('10 kb-a is the id of the entry in line 1'),
        expect.stringContaining('10 System Pattern is missing'),
      ]),
    );
  });

  it('passes when nothing is missing, and says where there is no workspace', async () => {
    await writeFile(file, knowledgeDocument());
    await addKnowledge(runtime, { title: 'x', fields });
    expect((await checked(checkKnowledge(runtime))).exitCode).toBe(0);
    const elsewhere = join(shop.folder, 'elsewhere');
    await mkdir(elsewhere);
    const config = { ...runtime.config, directory: elsewhere };
    const none = await checked(checkKnowledge({ ...runtime, config }));
    expect(none.report.error?.code).toBe('E_WORKSPACE_MISSING');
  });
});
