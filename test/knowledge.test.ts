import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KNOWLEDGE_OPTIONS } from '../src/surfaces/cli/builtin/knowledge.ts';
import { KNOWLEDGE_FIELDS } from '../src/workspace/knowledge/entry.ts';
import { parseKnowledge } from '../src/workspace/knowledge/parse.ts';
import { cli, inFolder } from './lib/cli.ts';

const FILE = 'ai-agents/backend/docs/KNOWLEDGE.md';

describe('knowledge add', () => {
  it('has an option for every heading', () => {
    const names = KNOWLEDGE_OPTIONS.map(({ field }) => field.toLowerCase());
    expect(names).toEqual(KNOWLEDGE_FIELDS.map((name) => name.replaceAll(' ', '').toLowerCase()));
  });

  it('loses nothing of what several processes add at once', async () => {
    const before = '# Ours\n\nwords\n';
    await inFolder({ 'rearguard.config.json': '{}' }, async (cwd) => {
      await mkdir(dirname(join(cwd, FILE)), { recursive: true });
      await writeFile(join(cwd, FILE), before);
      const titles = ['One', 'Two', 'Three'];
      const runs = await Promise.all(
        titles.map((title) =>
          cli(['knowledge', 'add', '--draft', '--title', title, '--root-cause', `it is ${title}`], { cwd }),
        ),
      );
      expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
      const text = await readFile(join(cwd, FILE), 'utf8');
      expect(text.startsWith(before)).toBe(true);
      const { entries } = parseKnowledge(text);
      expect(entries.map(({ title }) => title).toSorted()).toEqual(titles.toSorted());
      const shown = await cli(['knowledge', 'show', 'kb-two'], { cwd });
      expect(shown.stdout).toContain('**Root Cause**: it is Two');
      const checked = await cli(['knowledge', 'check'], { cwd });
      expect(checked.code).toBe(1);
    });
  });
});
