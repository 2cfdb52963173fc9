import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { initDataSchema } from './init-data.ts';
import { initBody } from './init-report.ts';
import { type InitSurvey, planInit, surveyRepository, writeInit } from './init.ts';

const FIXTURES = fileURLToPath(new URL('../../../test/fixtures/backends', import.meta.url));
const NEVER = new AbortController().signal;
const CHOICES = { agents: [], baseUrl: null } as const;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rearguard-init-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

function survey(): Promise<InitSurvey> {
  return surveyRepository({ directory: root, exactly: true, version: '1.2.3', env: {}, signal: NEVER });
}

describe.each(await readdir(FIXTURES))('init in a backend of %s', (name) => {
  it('writes a config that loads, and says nothing that the repository does not', async () => {
    // What tsconfig.json extends is not installed, and the tests' own loader would look for it.
    const filter = (file: string): boolean => !file.endsWith('tsconfig.json');
    await cp(join(FIXTURES, name), root, { recursive: true, filter });
    const first = await survey();
    const body = initBody(await writeInit(first, CHOICES, NEVER), 'written');
    expect(initDataSchema.safeParse(body.data).error).toBeUndefined();
    const config = await loadConfig({ cwd: root, env: {}, required: true });
    expect(config.path).toBe(join(root, 'rearguard.config.ts'));
    const text = await readFile(join(root, 'rearguard.config.ts'), 'utf8');
    const names = [...text.matchAll(/\benv\('(\w+)'\)/g)].map(([, variable]) => variable ?? '');
    const known = [
      ...first.facts.databases.map(({ value }) => value.urlVariable),
      ...first.facts.services.map(({ value }) => value.variable),
    ];
    expect(names.filter((variable) => variable !== 'DATABASE_URL' && !known.includes(variable))).toEqual([]);
    const again = await planInit(await survey(), CHOICES);
    expect(again.decisions.filter(({ action }) => action !== 'keep')).toEqual([]);
    // The workspace is about the project, and no part of it.
    expect(again.facts).toEqual(first.facts);
  });
});

describe('the command that does what a dry run showed', () => {
  it('is for the same folder, and a shell reads it as it is meant', async () => {
    const folder = join(root, 'my api');
    await mkdir(folder);
    const options = { directory: folder, exactly: true, version: '1.2.3', env: {}, signal: NEVER };
    const choices = { agents: [], baseUrl: 'http://localhost:1/?a=1&b=2' };
    const plan = await planInit(await surveyRepository(options), choices);
    expect(initBody(plan, 'planned').next).toEqual([
      `rearguard init --yes --agents none --url 'http://localhost:1/?a=1&b=2' --dir '${folder}'`,
    ]);
  });
});

describe('the root of a backend', () => {
  it('is not above the repository, though a config stands there', async () => {
    const repository = join(root, 'inner');
    await mkdir(join(repository, '.git'), { recursive: true });
    await writeFile(join(root, 'rearguard.config.json'), '{}');
    const options = { exactly: false, version: '1.2.3', env: {}, signal: NEVER };
    expect((await surveyRepository({ ...options, directory: repository })).root).toBe(repository);
    await mkdir(join(root, 'part'));
    expect((await surveyRepository({ ...options, directory: join(root, 'part') })).root).toBe(root);
  });
});
