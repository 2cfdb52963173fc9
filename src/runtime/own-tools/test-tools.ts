import { basename, dirname, extname, relative, sep } from 'node:path';
import { z } from 'zod';
import type { ResolvedConfig } from '../../config/types.ts';
import type { Block, Tone } from '../../core/block.ts';
import { counted } from '../../core/counted.ts';
import { RearguardError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import { WORKSPACE_FOLDER } from '../../workspace/layout.ts';
import type { OwnBody } from '../own-command.ts';
import { runContract } from './contract/run-contract.ts';
import { runTestFile, testFilesOf } from './contract/run-tests.ts';
import { type CheckResult, checkResultSchema, type TestResult, testResultSchema } from './contract/types.ts';
import { findToolFolders } from './discover.ts';
import { refusedModules } from './admission.ts';
import { LOAD_LIMIT_MS, pluginPath } from './load.ts';

export const toolTestDataSchema = z.object({
  tools: z.array(
    z.object({
      tool: z.string(),
      /** Absolute path of its module. */
      module: z.string(),
      /** What every tool must keep. */
      contract: z.array(checkResultSchema),
      /** Its own tests; empty: it has none. */
      tests: z.array(testResultSchema),
    }),
  ),
});
export type ToolTestData = z.infer<typeof toolTestDataSchema>;
type TestedTool = ToolTestData['tools'][number];

/** A tool to be tested; nothing of it has been loaded. */
interface Candidate {
  name: string;
  module: string;
  folder: string | null;
}

/**
 * Tests the tools of the user's own, or one of them: the contract, then its own tests, each in processes that are cut off when they hang. Nothing
 * of a tool is loaded here. Throws E_NOTHING_TO_CHECK where there is none, E_USAGE for a name of none.
 */
export async function testTools(
  config: ResolvedConfig,
  request: {
    name: string | undefined;
    env: Readonly<Record<string, string | undefined>>;
    signal: AbortSignal;
    onStep: (done: number, total: number, what: string) => void;
  },
): Promise<OwnBody> {
  const chosen = choose(await candidatesOf(config), request.name);
  const tools: TestedTool[] = [];
  for (const [index, candidate] of chosen.entries()) {
    request.onStep(index, chosen.length, candidate.name);
    tools.push(await testTool(config, candidate, request));
  }
  return bodyOf({ tools });
}

async function testTool(
  config: ResolvedConfig,
  { name, module, folder }: Candidate,
  { env, signal }: Parameters<typeof testTools>[1],
): Promise<TestedTool> {
  const { directory, path: configPath = '' } = config;
  const files = await testFilesOf({ module, folder });
  // Again: whoever tests a tool that is left out wants to know whether it still has to be.
  const refused = (await refusedModules([module], directory, LOAD_LIMIT_MS, { again: true })).get(module);
  if (refused !== undefined) {
    const contract: CheckResult = { name: 'definition', result: 'fail', detail: refused };
    const tests = files.map((file): TestResult => {
      const shown = relative(directory, file).split(sep).join('/');
      return { name: 'the file', result: 'skip', detail: 'what it tests does not load', file: shown };
    });
    return { tool: name, module, contract: [contract], tests };
  }
  const contract = await runContract({ module, folder, configPath }, { cwd: directory, env, signal });
  const tests: TestResult[] = [];
  for (const file of files) tests.push(...(await runTestFile(file, { directory, env, signal })));
  return { tool: name, module, contract, tests };
}

/** Those in the workspace, and those that the config names by a path. */
async function candidatesOf(config: ResolvedConfig): Promise<Candidate[]> {
  const found = (await findToolFolders(config)).map(({ name, module }) => ({ name, module, folder: name }));
  const listed = config.plugins.flatMap((plugin): Candidate[] => {
    const module = typeof plugin === 'string' ? pluginPath(plugin, config.directory) : null;
    if (module === null || found.some((one) => one.module === module)) return [];
    const stem = basename(module, extname(module));
    return [{ name: stem === 'index' ? basename(dirname(module)) : stem, module, folder: null }];
  });
  return [...found, ...listed];
}

function choose(candidates: readonly Candidate[], name: string | undefined): readonly Candidate[] {
  if (candidates.length === 0) {
    throw new RearguardError('E_NOTHING_TO_CHECK', {
      message: `There is no tool of your own in ${WORKSPACE_FOLDER}/tools.`,
      hint: '`rearguard tool new <name>` writes one.',
    });
  }
  if (name === undefined) return candidates;
  const named = candidates.filter((candidate) => candidate.name === name);
  if (named.length > 0) return named;
  const names = candidates.map((candidate) => candidate.name);
  throw new RearguardError('E_USAGE', {
    message: `There is no tool of your own called ${JSON.stringify(name)}.${didYouMean(name, names)}`,
    hint: `There are: ${names.join(', ')}.`,
  });
}

function bodyOf(data: ToolTestData): OwnBody {
  const results = data.tools.flatMap(({ contract, tests }) => [...contract, ...tests]);
  const count = (result: CheckResult['result']): number =>
    results.filter((one) => one.result === result).length;
  const failed = count('fail');
  const skipped = data.tools.flatMap(({ tool, contract, tests }) =>
    [...contract, ...tests]
      .filter(({ result }) => result === 'skip')
      .map(({ name, detail }) => ({ reason: `${tool}: ${name}: ${detail === '' ? 'skipped' : detail}` })),
  );
  const untested = data.tools.filter(({ tests }) => tests.length === 0);
  return {
    status: failed > 0 ? 'fail' : 'pass',
    summary: `${counted(data.tools.length, 'tool')}: ${count('pass')} passed, ${failed} failed, ${count('skip')} skipped.`,
    data,
    sections: data.tools.flatMap((tool) => [tableOf(tool), ...failuresOf(tool)]),
    coverage: {
      checked: data.tools.map(({ tool }) => ({ subject: { kind: 'file', name: tool }, rules: [] })),
      notChecked: [
        ...skipped,
        ...untested.map(({ tool }) => ({
          reason: `${tool} has no tests of its own`,
          hint: 'Files called *.test.ts in its folder are run with node:test.',
        })),
      ],
    },
    next: failed > 0 ? [] : ['rearguard check'],
  };
}

const TONES: Readonly<Record<CheckResult['result'], Tone>> = { pass: 'good', fail: 'bad', skip: 'muted' };

/** Whole: the table may have cut why. */
function failuresOf({ contract, tests }: TestedTool): Block[] {
  return [...contract, ...tests]
    .filter(({ result }) => result === 'fail')
    .map(({ name, detail }) => ({ kind: 'text', text: `${name}: ${detail}`, tone: 'bad' }));
}

function tableOf({ tool, contract, tests }: TestedTool): Block {
  return {
    kind: 'table',
    title: tool,
    columns: [{ header: '' }, { header: 'what' }, { header: 'why' }],
    rows: [
      ...contract,
      ...tests.map((test) => ({ ...test, name: `${basename(test.file)}: ${test.name}` })),
    ].map(({ name, result, detail }) => [{ text: result, tone: TONES[result] }, name, detail]),
  };
}
