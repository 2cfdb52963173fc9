import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../src/core/report.ts';
import { type Backend, configFor, startBackend } from './lib/backend.ts';
import { cli, inFolder } from './lib/cli.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend();
});
afterAll(() => backend.close());

const FLAGS = ['--config', 'conf/my shop.json', '--store-path', 'kept/store.db'];

describe('commands that a report prints', () => {
  it('work as they are where the config and the store were named by options', async () => {
    await inFolder({ 'config.json': configFor(backend.url, ['/broken']) }, async (cwd) => {
      await mkdir(path.join(cwd, 'conf'));
      await rename(path.join(cwd, 'config.json'), path.join(cwd, 'conf/my shop.json'));
      const checked = await cli(['check', '--json', ...FLAGS], { cwd });
      const { findings, next } = JSON.parse(checked.stdout) as Report;
      const [program, ...verify] = findings[0]?.verify.argv ?? [];
      expect(program).toBe('rearguard');
      expect(verify.slice(-FLAGS.length)).toEqual(FLAGS);
      expect(next[0]).toMatch(
        /^rearguard findings show .* --config 'conf\/my shop\.json' --store-path kept\/store\.db$/,
      );
      const verified = await cli(verify, { cwd });
      expect(verified).toMatchObject({ code: 1 });
      expect(verified.stdout).toContain('still');
    });
  });

  it('are as short as they can be where nothing was named', async () => {
    await inFolder({ 'rearguard.config.json': configFor(backend.url, ['/broken']) }, async (cwd) => {
      const { stdout } = await cli(['check', '--json'], { cwd });
      const { findings } = JSON.parse(stdout) as Report;
      expect(findings[0]?.verify.argv).toHaveLength(3);
    });
  });
});
