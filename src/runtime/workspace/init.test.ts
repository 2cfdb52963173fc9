import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { initDataSchema } from './init-data.ts';
import { initBody } from './init-report.ts';
import { planInit, surveyRepository, writeInit } from './init.ts';

const FIXTURES = fileURLToPath(new URL('../../../test/fixtures/backends', import.meta.url));
const NEVER = new AbortController().signal;
const CHOICES = { agents: [], baseUrl: null } as const;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rearguard-init-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe.each(await readdir(FIXTURES))('init in a backend of %s', (name) => {
  it('writes a config that loads, and says nothing that the repository does not', async () => {
    await cp(join(FIXTURES, name), root, { recursive: true });
    const survey = await surveyRepository({ directory: root, version: '1.2.3', env: {}, signal: NEVER });
    const body = initBody(await writeInit(survey, CHOICES, NEVER), 'written');
    expect(initDataSchema.safeParse(body.data).error).toBeUndefined();
    const config = await loadConfig({ cwd: root, env: {}, required: true });
    expect(config.path).toBe(join(root, 'rearguard.config.ts'));
    const text = await readFile(join(root, 'rearguard.config.ts'), 'utf8');
    const names = [...text.matchAll(/\benv\('(\w+)'\)/g)].map(([, variable]) => variable ?? '');
    const known = [
      ...survey.facts.databases.map(({ value }) => value.urlVariable),
      ...survey.facts.services.map(({ value }) => value.variable),
    ];
    expect(names.filter((variable) => variable !== 'DATABASE_URL' && !known.includes(variable))).toEqual([]);
    const again = await planInit(
      await surveyRepository({ directory: root, version: '1.2.3', env: {}, signal: NEVER }),
      CHOICES,
    );
    expect(again.decisions.filter(({ action }) => action !== 'keep')).toEqual([]);
  });
});
