import { describe, expect, it } from 'vitest';
import { OUTPUT_FORMATS } from '../src/output/output-formats.ts';
import { PLANNED_TOOLS } from '../src/tools/planned.ts';
import { cli, inFolder } from './lib/cli.ts';

describe('a tool that is not built yet', () => {
  it.each(OUTPUT_FORMATS)('says so in %s, and that nothing was checked', async (format) => {
    await inFolder({}, async (cwd) => {
      const { code, stdout, stderr } = await cli(['security-scanner', 'scan', '--full', '--output', format], {
        cwd,
      });
      expect(code).toBe(3);
      expect(stderr).toContain('security-scanner is not part of this version');
      expect(stdout).not.toMatch(/"status":\s*"pass"|PASS/);
    });
  });

  it.each([
    ['its help', ['migrations', '--help']],
    ['help about it', ['help', 'contract']],
    ['a command that it will not have', ['security', 'nonsense', '--what']],
    ['its skill', ['skills', 'security']],
    ['a check of it alone', ['check', '--tool', 'security']],
  ])('says so to %s', async (_, args) => {
    // A config without targets: what is missing is the tool.
    await inFolder({ 'rearguard.config.json': '{}' }, async (cwd) => {
      const { code, stdout, stderr } = await cli(args, { cwd });
      expect(code).toBe(3);
      expect(`${stdout}${stderr}`).toContain('is not part of this version');
    });
  });

  it('is named where the tools are listed', async () => {
    await inFolder({}, async (cwd) => {
      const shown = await Promise.all([cli(['--help'], { cwd }), cli(['tools'], { cwd })]);
      for (const { stdout } of shown) {
        for (const { name } of PLANNED_TOOLS) expect(stdout).toContain(name);
      }
    });
  });
});
