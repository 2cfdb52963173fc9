import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { blockSchema } from '../../../core/block.ts';
import { loadConfig } from '../../../config/load.ts';
import type { ReportDraft } from '../../define.ts';
import { testProject, type TestProject } from '../collect/discover/test-fixture.ts';
import { discover } from './discover.ts';

const FILES = {
  '.env': 'REDIS_URL=redis://:hunter2-hunter2@cache:6379\nPAY_URL=https://api.pay.io/v1\n',
  'package.json': JSON.stringify({ dependencies: { kafkajs: '2.2.4' } }),
};
const YAML = '# mine\ntargets:\n  shop: { baseUrl: "http://localhost:3000" }\n';

const projects: TestProject[] = [];
afterEach(async () => {
  await Promise.all(projects.splice(0).map((project) => project.remove()));
});

async function projectWith(files: Readonly<Record<string, string>>): Promise<TestProject> {
  const project = await testProject({ ...FILES, ...files });
  projects.push(project);
  return project;
}

async function run(project: TestProject, confirm?: string[]): Promise<ReportDraft> {
  const draft = await (discover.run(await project.context(), { confirm }) as Promise<ReportDraft>);
  expect(discover.data.safeParse(draft.data).error).toBeUndefined();
  for (const section of draft.sections) expect(blockSchema.safeParse(section).error).toBeUndefined();
  expect(JSON.stringify(draft)).not.toContain('hunter2');
  return draft;
}

describe('discover', () => {
  it('proposes, writes nothing, and says how to confirm', async () => {
    const project = await projectWith({ 'rearguard.config.yaml': YAML });
    const draft = await run(project);
    expect(draft.summary).toContain('3 dependencies found');
    expect(draft.next).toEqual(['rearguard dependency-health-checker discover --confirm all']);
    expect(draft.sections[1]).toMatchObject({
      kind: 'text',
      text: expect.stringContaining('$env: REDIS_URL'),
    });
    expect(await readFile(join(project.folder, 'rearguard.config.yaml'), 'utf8')).toBe(YAML);
  });

  it('says how much it read where it found nothing', async () => {
    const project = await testProject({ '.env': 'NAME=shop\n' });
    projects.push(project);
    const draft = await run(project);
    expect(draft.summary).toBe('Nothing was found in 1 file that the config does not list.');
    expect(draft.coverage.checked).toMatchObject([{ subject: { name: '1 project file' } }]);
  });

  it('adds what is confirmed to the config, which then lists it', async () => {
    const project = await projectWith({ 'rearguard.config.yaml': YAML });
    const path = join(project.folder, 'rearguard.config.yaml');
    await chmod(path, 0o640);
    const draft = await run(project, ['redis']);
    expect(draft.summary).toContain('redis');
    expect(await readFile(path, 'utf8')).toBe(
      `${YAML}dependencies:\n  redis:\n    url: { $env: REDIS_URL }\n`,
    );
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    const config = await loadConfig({ cwd: project.folder, env: {}, required: true });
    expect(config.dependencies['redis']?.url).toEqual({ $env: 'REDIS_URL' });

    const all = await run(project, ['all']);
    expect(all.data).toMatchObject({ added: ['pay'] });
    expect(all.diagnostics?.map(({ message }) => message)).toEqual([
      'These variables must be set where Rearguard runs: { $env: PAY_URL }.',
      'Left out, because nobody knows where they answer: kafka.',
    ]);
    expect((await run(project)).data).toMatchObject({ proposals: [{ name: 'kafka', url: null }] });
  });

  it('adds to a JSON config', async () => {
    const project = await projectWith({ 'rearguard.config.json': '{\n  "failOn": "low"\n}\n' });
    await run(project, ['all']);
    const text = await readFile(join(project.folder, 'rearguard.config.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      failOn: 'low',
      dependencies: { redis: { url: { $env: 'REDIS_URL' } }, pay: { url: { $env: 'PAY_URL' } } },
    });
  });

  it('prints what to copy where the config is code', async () => {
    const code = 'export default { targets: {} };\n';
    const project = await projectWith({ 'rearguard.config.mjs': code });
    const draft = await run(project, ['all']);
    expect(draft).toMatchObject({
      status: 'unknown',
      summary: expect.stringContaining('the config is code'),
    });
    expect(draft.sections[0]).toMatchObject({ text: expect.stringContaining("url: env('REDIS_URL')") });
    expect(await readFile(join(project.folder, 'rearguard.config.mjs'), 'utf8')).toBe(code);
  });

  it('does not write into a config that is not the one of this run', async () => {
    const project = await projectWith({ 'rearguard.config.yaml': YAML });
    const ctx = await project.context();
    await project.write({ 'rearguard.config.yaml': 'targets: {}\n' });
    const draft = await (discover.run(ctx, { confirm: ['all'] }) as Promise<ReportDraft>);
    expect(draft.status).toBe('unknown');
    expect(await readFile(join(project.folder, 'rearguard.config.yaml'), 'utf8')).toBe('targets: {}\n');
  });

  it('does not propose again what the file lists by now', async () => {
    const project = await projectWith({
      'rearguard.config.yaml': YAML,
      'a.ts': 'fetch("https://api.stripe.com")',
    });
    const ctx = await project.context();
    await (discover.run(ctx, { confirm: ['stripe'] }) as Promise<ReportDraft>);
    const again = await (discover.run(ctx, {}) as Promise<ReportDraft>);
    expect(JSON.stringify(again.data)).not.toContain('stripe');
  });

  it('refuses names it did not find, and those without an address', async () => {
    const project = await projectWith({ 'rearguard.config.yaml': YAML });
    await expect(run(project, ['redsi'])).rejects.toMatchObject({
      code: 'E_USAGE',
      message: expect.stringContaining('Did you mean `redis`?'),
    });
    await expect(run(project, ['kafka'])).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});
