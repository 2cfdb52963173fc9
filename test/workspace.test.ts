import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, type CliResult, inFolder } from './lib/cli.ts';

const SHOP = {
  'package.json': JSON.stringify({ name: 'shop', dependencies: { express: '^5.1.0' } }),
  'app.js':
    "const express = require('express');\nconst app = express();\napp.get('/orders', (request, response) => response.end());\napp.listen(3000);\n",
};
const HAND = '\r\n## Written by us\n\n```md\n<!-- rearguard:begin tools -->\n```\nno line end';

const rearguard = (cwd: string, line: string): Promise<CliResult> => cli(line.split(' '), { cwd });

describe('the workspace', () => {
  it('loses nothing when several processes write it at once, and holds what each of them did', async () => {
    await inFolder(SHOP, async (folder) => {
      await rearguard(folder, 'init --yes --agents none');
      const workspace = path.join(folder, 'ai-agents', 'backend');
      const file = path.join(workspace, 'AI-CONTEXT.md');
      await writeFile(file, (await readFile(file, 'utf8')) + HAND);
      await rearguard(folder, 'session start checkout');
      const results = await Promise.all(
        ['workspace refresh', 'session end', 'workspace refresh', 'check --tool deps'].map((line) =>
          rearguard(folder, line),
        ),
      );
      expect(results.map(({ stderr }) => stderr).join('')).not.toMatch(/not refreshed|busy/i);
      const text = await readFile(file, 'utf8');
      expect(text.endsWith(HAND)).toBe(true);
      expect(text).toMatch(/- \[\d{4}-\d\d-\d\d checkout\]\(docs\/sessions\/\d{4}-\d\d-\d\d-checkout\.md\)/);
      expect((await readdir(workspace)).filter((name) => /lock|tmp/.test(name))).toEqual([]);

      const again = await rearguard(folder, 'workspace refresh --json');
      expect(JSON.parse(again.stdout)).toMatchObject({ status: 'pass', data: { changed: [] } });
      expect(await readFile(file, 'utf8')).toBe(text);
    });
  });

  it('is checked: exit 0 as init made it, 1 with the line of each mismatch, 2 without one', async () => {
    await inFolder(SHOP, async (folder) => {
      expect((await rearguard(folder, 'workspace check')).code).toBe(2);
      await rearguard(folder, 'init --yes --agents none');
      expect(await rearguard(folder, 'workspace check')).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('AI-CONTEXT.md is true.') as string,
      });
      await writeFile(path.join(folder, 'app.js'), SHOP['app.js'].replace('/orders', '/carts'));
      const checked = await rearguard(folder, 'workspace check --json');
      expect(checked.code).toBe(1);
      expect(JSON.parse(checked.stdout)).toMatchObject({
        status: 'fail',
        data: {
          mismatches: [
            {
              kind: 'endpoint',
              message: 'the project has no endpoint GET /orders',
              line: expect.any(Number) as number,
            },
          ],
        },
        next: ['rearguard workspace refresh'],
      });
      await rearguard(folder, 'workspace refresh');
      expect((await rearguard(folder, 'workspace check')).code).toBe(0);
    });
  });
});
