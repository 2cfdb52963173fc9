import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type InitSurvey, surveyRepository } from '../../../runtime/workspace/init.ts';
import type { InitChoices } from '../../../workspace/init/wanted.ts';
import type { CliIo } from '../spec.ts';
import { askInit } from './init-questions.ts';

let root: string;
let survey: InitSurvey;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rearguard-questions-'));
  await writeFile(join(root, 'package.json'), '{ "name": "shop" }');
  await writeFile(join(root, 'GEMINI.md'), '');
  survey = await surveyRepository({
    directory: root,
    exactly: true,
    version: '1.2.3',
    env: {},
    signal: AbortSignal.timeout(60_000),
  });
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A person at a terminal, who answers each question in turn. */
async function answering(
  answers: readonly string[],
  given: Parameters<typeof askInit>[1] = { baseUrl: null, agents: null },
  signal = AbortSignal.timeout(60_000),
): Promise<{ choices: InitChoices | null; shown: string }> {
  const [stdin, stderr] = [new PassThrough(), new PassThrough()];
  const left = [...answers];
  let shown = '';
  stderr.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    const answer = /[\])] $/.test(text) ? left.shift() : undefined;
    if (answer !== undefined) stdin.write(`${answer}\n`);
  });
  const io = { stdin, stderr } as unknown as CliIo;
  return { choices: await askInit(survey, given, io, signal), shown };
}

describe('askInit', () => {
  it('takes what was found for an empty answer', async () => {
    const { choices, shown } = await answering(['', '', '']);
    expect(choices).toEqual({ baseUrl: null, agents: ['gemini'] });
    expect(shown).toContain('shop');
    expect(shown).toContain('create  rearguard.config.ts');
  });

  it('asks again for what it does not understand', async () => {
    const { choices } = await answering([
      'localhost',
      'http://localhost:8080',
      'cluade',
      'claude, codex',
      'y',
    ]);
    expect(choices).toEqual({ baseUrl: 'http://localhost:8080', agents: ['claude', 'codex'] });
  });

  it('takes no URL with a password for a config that is committed, and does not repeat it', async () => {
    const { choices, shown } = await answering(['http://ann:hunter2@localhost:1', '', 'none', 'y']);
    expect(choices).toEqual({ baseUrl: null, agents: [] });
    expect(shown).toContain('without a login');
    expect(shown).not.toContain('hunter2');
  });

  it('does not ask what the command line says, and takes no for an answer', async () => {
    expect((await answering(['no'], { baseUrl: 'http://localhost:1', agents: [] })).choices).toBeNull();
  });

  it('ends with the first Ctrl-C', async () => {
    await expect(answering([], undefined, AbortSignal.abort())).rejects.toMatchObject({
      code: 'E_INTERRUPTED',
    });
  });
});
