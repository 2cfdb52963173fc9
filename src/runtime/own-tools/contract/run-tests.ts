import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { systemFiles } from '../../../platform/files.ts';
import { workerEntry } from '../../../platform/worker-entry.ts';
import { runChild } from '../child.ts';
import { shown } from './run-contract.ts';
import { type CheckResult, checkResultSchema, type TestResult } from './types.ts';

/** For one file; tests of tools are quick. */
const FILE_LIMIT_MS = 120_000;
const TEST_FILE = /\.test\.[cm]?[jt]s$/;
const MAX_DEPTH = 5;

/** The files of tests of a tool: all in its folder; of a module that stands by itself those with its name. */
export async function testFilesOf({
  module,
  folder,
}: {
  module: string;
  folder: string | null;
}): Promise<string[]> {
  const directory = dirname(module);
  const stem = basename(module, extname(module));
  if (folder !== null || stem === 'index') return filesIn(directory, MAX_DEPTH);
  return (await filesIn(directory, 0)).filter((file) => basename(file).startsWith(`${stem}.test.`));
}

async function filesIn(folder: string, depth: number): Promise<string[]> {
  const entries = await systemFiles.list(folder);
  const found = await Promise.all(
    entries.map(async ({ name, kind }) => {
      if (kind === 'file') return TEST_FILE.test(name) ? [join(folder, name)] : [];
      const isIn = kind === 'folder' && depth > 0 && name !== 'node_modules' && !name.startsWith('.');
      return isIn ? filesIn(join(folder, name), depth - 1) : [];
    }),
  );
  return found.flat();
}

/** Runs one file of tests with node:test in a process of its own. */
export async function runTestFile(
  file: string,
  {
    directory,
    env,
    signal,
    limitMs = FILE_LIMIT_MS,
  }: {
    directory: string;
    env: Readonly<Record<string, string | undefined>>;
    signal: AbortSignal;
    limitMs?: number;
  },
): Promise<TestResult[]> {
  const shownFile = relative(directory, file).split(sep).join('/');
  const folder = await mkdtemp(join(tmpdir(), 'rearguard-tests-'));
  try {
    const events = join(folder, 'events.ndjson');
    const end = await runChild(workerEntry(import.meta.url, './test-file-entry'), {
      args: [file],
      execArgv: [
        `--test-reporter=${workerEntry(import.meta.url, './test-reporter').href}`,
        `--test-reporter-destination=${events}`,
      ],
      cwd: directory,
      // Set where these tests run inside of another run of node:test, and would answer that one.
      env: { ...env, NODE_TEST_CONTEXT: undefined },
      silenceMs: limitMs,
      signal,
    });
    signal.throwIfAborted();
    const results = (await systemFiles.exists(events)) ? parse(await systemFiles.readText(events)) : [];
    const failure = failureOf(end, results, limitMs);
    const all =
      failure === null
        ? results
        : [...results, { name: 'the file', result: 'fail' as const, detail: failure }];
    return all.map((result) => ({ ...result, detail: shown(result.detail), file: shownFile }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function failureOf(
  end: Awaited<ReturnType<typeof runChild>>,
  results: readonly CheckResult[],
  limitMs: number,
): string | null {
  if (end.cutOff !== null) return `did not end within ${limitMs / 1_000} s, and was cut off`;
  if (results.some(({ result }) => result === 'fail')) return null;
  if (end.exitCode !== 0) return end.output === '' ? `exit code ${end.exitCode ?? 'unknown'}` : end.output;
  return results.length === 0 ? 'it has no test' : null;
}

/** The last line may be half a one, where the process was cut off. */
function parse(text: string): CheckResult[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [checkResultSchema.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}
