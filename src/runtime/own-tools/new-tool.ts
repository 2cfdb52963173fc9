import { join } from 'node:path';
import { counted } from '../../core/counted.ts';
import { RearguardError } from '../../core/errors.ts';
import { quoteForeign } from '../../core/text.ts';
import { systemFiles } from '../../platform/files.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import { findPlanned } from '../../tools/planned.ts';
import { type Decision, decide } from '../../workspace/init/decide.ts';
import { launcherOf } from '../../workspace/init/launchers.ts';
import type { WantedFile } from '../../workspace/init/wanted.ts';
import { WORKSPACE_FOLDER, workspaceLayout } from '../../workspace/layout.ts';
import { type OwnBody, ownCommand } from '../own-command.ts';
import type { RunResult } from '../envelope.ts';
import type { Runtime } from '../runtime.ts';
import { exactText } from '../../platform/exact-text.ts';
import { toolFoldersIn } from './discover.ts';
import type { ToolNewData } from './new-tool-data.ts';
import { templateFiles } from './template.ts';
import { KEBAB } from './tool-shape.ts';

/** Finding ids, launchers and help have to stay readable. */
const MAX_NAME_LENGTH = 40;

/**
 * Writes a working tool into the workspace, with its tests and its launcher. What is there already stays as it is: a second time writes
 * nothing. `reserved`: first words of the command line that mean something else.
 */
export function newTool(
  runtime: Runtime,
  request: { name: string; reserved: readonly string[]; signal: AbortSignal },
): Promise<RunResult> {
  return ownCommand(runtime, 'tool new', async () => {
    const { name, signal } = request;
    const root = runtime.config.directory;
    const tools = `${WORKSPACE_FOLDER}/tools`;
    assertName(name);
    const isThere = (await toolFoldersIn(join(root, tools))).some((folder) => folder.name === name);
    if (!isThere) assertFree(runtime, name, request.reserved);
    const alias = isThere ? aliasThere(runtime, name) : freeAlias(runtime, name, request.reserved);
    const decisions: Decision[] = [];
    for (const file of await wantedFiles(name, alias, tools)) {
      signal.throwIfAborted();
      decisions.push(await writeWanted(root, file, isThere, signal));
    }
    return bodyOf(runtime, { tool: name, alias, folder: `${tools}/${name}`, files: decisions.map(fileOf) });
  });
}

async function wantedFiles(name: string, alias: string, tools: string): Promise<WantedFile[]> {
  const files = (await templateFiles({ name, alias })).map(({ path, text }): WantedFile => ({
    path: `${tools}/${name}/${path}`,
    does: 'the tool',
    owner: 'team',
    text,
  }));
  const launcher = launcherOf(name);
  return [
    ...files,
    { path: `${tools}/${launcher.file}`, does: `starts ${name}`, owner: 'rearguard', text: launcher.text },
  ];
}

/** Of a tool that is there, what its owner deleted stays deleted. */
async function writeWanted(
  root: string,
  file: WantedFile,
  isThere: boolean,
  signal: AbortSignal,
): Promise<Decision> {
  const { path, does } = file;
  if (isThere && file.owner === 'team') return { path, does, action: 'keep', why: 'the tool is there' };
  const absolute = join(root, path);
  const decideNow = async (): Promise<Decision> => decide(file, await exactText(absolute));
  const first = await decideNow();
  if (!('after' in first)) return first;
  return withFileLock(
    absolute,
    async () => {
      const decision = await decideNow();
      if ('after' in decision) await systemFiles.writeText(absolute, decision.after);
      return decision;
    },
    { folder: workspaceLayout(root).local, signal },
  );
}

function assertName(name: string): void {
  if (KEBAB.test(name) && name.length <= MAX_NAME_LENGTH) return;
  throw new RearguardError('E_USAGE', {
    message: `A tool cannot be called ${quoteForeign(name, MAX_NAME_LENGTH)}.`,
    hint: `Lower case words with hyphens between them, at most ${MAX_NAME_LENGTH} characters: auth-flow-tracer`,
  });
}

function assertFree({ catalog }: Runtime, name: string, reserved: readonly string[]): void {
  const taken = catalog.tools.find((tool) => tool.name === name || tool.alias === name);
  const planned = findPlanned(name);
  const isCommand = reserved.includes(name);
  if (taken === undefined && planned === undefined && !isCommand) return;
  const owner = taken
    ? `${taken.name} (${taken.origin})`
    : planned
      ? `${planned.name}, which is yet to come`
      : `the command rearguard ${name}`;
  throw new RearguardError('E_USAGE', {
    message: `The name ${name} is taken by ${owner}.`,
    hint: 'Choose another: what it watches, and how.',
  });
}

function aliasThere({ catalog }: Runtime, name: string): string {
  return catalog.tools.find((tool) => tool.name === name)?.alias ?? name;
}

/** The first word, or else the first letters of all words, or else more and more of the name; never the name itself. */
function freeAlias({ catalog }: Runtime, name: string, reserved: readonly string[]): string {
  const words = name.split('-');
  const candidates = [
    ...words.slice(0, -1).map((_, index) => words.slice(0, index + 1).join('-')),
    words.map((word) => word[0] ?? '').join(''),
    `my-${name}`,
    `own-${name}`,
  ];
  const taken = [...catalog.tools.flatMap((tool) => [tool.name, tool.alias]), ...reserved, name];
  const alias = candidates.find(
    (candidate) =>
      candidate.length > 1 &&
      KEBAB.test(candidate) &&
      !taken.includes(candidate) &&
      findPlanned(candidate) === undefined,
  );
  return alias ?? `own-tool-${name}`;
}

function fileOf(decision: Decision): ToolNewData['files'][number] {
  return {
    path: decision.path,
    action: decision.action,
    why: 'why' in decision ? decision.why : null,
  };
}

function bodyOf({ config }: Runtime, data: ToolNewData): OwnBody {
  const written = data.files.filter(({ action }) => action === 'create' || action === 'update');
  const byHand = data.files.filter(({ action }) => action === 'by-hand');
  const isPlain = data.files.every(({ why }) => why === null);
  return {
    status: 'pass',
    summary:
      written.length === 0
        ? `${data.tool} is there already, in ${data.folder}; nothing was written.`
        : `${data.tool} is in ${data.folder}: ${counted(written.length, 'file')} written.`,
    data,
    sections: [
      {
        kind: 'table',
        columns: [{ header: '' }, { header: 'file' }, ...(isPlain ? [] : [{ header: 'why' }])],
        rows: data.files.map(({ path, action, why }) => [
          WORDS[action],
          path,
          ...(isPlain ? [] : [why ?? '']),
        ]),
      },
    ],
    diagnostics: [
      ...byHand.map(({ path, why }) => ({ level: 'warning' as const, message: `${path}: ${why ?? ''}` })),
      ...(config.workspace.ownTools
        ? []
        : [
            {
              level: 'warning' as const,
              message: 'The config says `workspace.ownTools: false`: the tool is not found by itself.',
              hint: `List ./${data.folder}/index.ts under \`plugins\`, or take the setting away.`,
            },
          ]),
    ],
    next: [
      `rearguard tool test ${data.tool}`,
      `rearguard ${data.tool} monitor`,
      `rearguard ${data.tool} --help`,
    ],
  };
}

const WORDS: Readonly<Record<ToolNewData['files'][number]['action'], string>> = {
  create: 'written',
  update: 'changed',
  keep: 'kept',
  'by-hand': 'by hand',
};
