import { basename, dirname, join, resolve, sep } from 'node:path';
import { findConfig } from '../../config/find.ts';
import { RearguardError } from '../../core/errors.ts';
import { systemFiles } from '../../platform/files.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import { packageRoot } from '../../platform/worker-entry.ts';
import type { ProjectFacts } from '../../project/facts.ts';
import { readProject } from '../../project/read-project.ts';
import { CLAUDE_FILE } from '../../workspace/init/agents-section.ts';
import { type Decision, decide } from '../../workspace/init/decide.ts';
import { type Agent, AGENT_FILES, AGENTS } from '../../workspace/init/mcp-entries.ts';
import {
  type InitChoices,
  type InitInputs,
  type WantedFile,
  wantedFiles,
} from '../../workspace/init/wanted.ts';
import { workspaceLayout } from '../../workspace/layout.ts';
import { exactText } from '../../platform/exact-text.ts';
import { workspaceStart } from './init-start.ts';

/** What a look at the repository brings, before anybody chooses. */
export interface InitSurvey {
  /** Absolute. */
  root: string;
  /** The folder itself was named. */
  exactly: boolean;
  facts: ProjectFacts;
  /** Agents whose files are in the repository. */
  agentsInUse: Agent[];
  inputs: Omit<InitInputs, 'choices'>;
  /** How to install the program for the whole team; null where it is installed. */
  install: string | null;
}

export interface InitPlan extends Pick<InitSurvey, 'root' | 'exactly' | 'facts' | 'install'> {
  choices: InitChoices;
  decisions: Decision[];
}

/** Looks at the repository of a folder; reads only. */
export async function surveyRepository(options: {
  directory: string;
  /** The folder itself is meant, whatever stands above it. */
  exactly: boolean;
  version: string;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}): Promise<InitSurvey> {
  const directory = resolve(options.directory);
  if (!(await systemFiles.exists(directory))) {
    throw new RearguardError('E_NOT_THERE', { what: `folder ${directory}`, more: '' });
  }
  const { root, config } = await rootOf(directory, options.exactly);
  const facts = await readProject(root, systemFiles, options.signal);
  const { documents, tools } = await workspaceStart(root, facts, options.env);
  return {
    root,
    exactly: options.exactly,
    facts,
    agentsInUse: await agentsIn(root),
    inputs: {
      facts,
      version: options.version,
      tools,
      config,
      hasGitIgnore: await systemFiles.exists(join(root, '.gitignore')),
      documents,
    },
    install: await installLine(root),
  };
}

/** What shows that a folder is the root of a program. */
const ROOT_MARKS =
  '.git package.json pyproject.toml requirements.txt manage.py go.mod pom.xml build.gradle build.gradle.kts Gemfile composer.json'.split(
    ' ',
  );

/** That of the config above a folder; else the nearest folder that looks like a root, else the folder itself. */
async function rootOf(directory: string, exactly: boolean): Promise<{ root: string; config: string | null }> {
  const found = await configWithin(directory);
  if (found !== undefined && (!exactly || dirname(found) === directory)) {
    return { root: dirname(found), config: basename(found) };
  }
  return {
    root: exactly ? directory : ((await markedAbove(directory, ROOT_MARKS)) ?? directory),
    config: null,
  };
}

/** A config above the repository that the folder is in belongs to something else. */
async function configWithin(directory: string): Promise<string | undefined> {
  const found = await findConfig(directory);
  const repository = await markedAbove(directory, ['.git']);
  const isOutside = found !== undefined && repository !== null && repository.startsWith(dirname(found) + sep);
  return isOutside ? undefined : found;
}

async function markedAbove(directory: string, wanted: readonly string[]): Promise<string | null> {
  for (let folder = directory; ; folder = dirname(folder)) {
    const marks = await Promise.all(wanted.map((mark) => systemFiles.exists(join(folder, mark))));
    if (marks.includes(true)) return folder;
    if (dirname(folder) === folder) return null;
  }
}

/** Agents with files here. A CLAUDE.md that init wrote itself says nothing of anybody. */
async function agentsIn(root: string): Promise<Agent[]> {
  const shows = async (trace: string): Promise<boolean> => {
    const file = join(root, trace);
    return (
      (await systemFiles.exists(file)) && (trace !== 'CLAUDE.md' || (await exactText(file)) !== CLAUDE_FILE)
    );
  };
  const used = await Promise.all(
    AGENTS.map(async (agent) => (await Promise.all(AGENT_FILES[agent].traces.map(shows))).includes(true)),
  );
  return AGENTS.filter((_, index) => used[index]);
}

async function installLine(root: string): Promise<string | null> {
  for (let folder = root; ; folder = dirname(folder)) {
    if (await systemFiles.exists(join(folder, 'node_modules', '.bin', 'rearguard'))) return null;
    if (dirname(folder) === folder) break;
  }
  const isPackage = await systemFiles.exists(join(root, 'package.json'));
  return isPackage ? 'npm install --save-dev rearguard' : 'npm install --global rearguard';
}

/** What would be done, file by file; reads only. Throws E_WORKSPACE_MARKERS. */
export async function planInit(survey: InitSurvey, choices: InitChoices): Promise<InitPlan> {
  const decisions: Decision[] = [];
  for (const file of wantedFiles({ ...survey.inputs, choices }))
    decisions.push(await decideFile(survey, file));
  return planOf(survey, choices, decisions);
}

/**
 * Does it. First the whole is planned, so that a broken marker anywhere leaves everything as it is; then each file is decided
 * on again while nobody else writes it, so that nothing written meanwhile is lost. What has not changed is not touched.
 */
export async function writeInit(
  survey: InitSurvey,
  choices: InitChoices,
  signal: AbortSignal,
): Promise<InitPlan> {
  const planned = await planInit(survey, choices);
  const decisions: Decision[] = [];
  for (const [index, file] of wantedFiles({ ...survey.inputs, choices }).entries()) {
    signal.throwIfAborted();
    const first = planned.decisions[index];
    if (first !== undefined && !('after' in first)) decisions.push(first);
    else decisions.push(await writeFileOf(survey, file, signal));
  }
  await noteProgram(workspaceLayout(survey.root).local);
  return planOf(survey, choices, decisions);
}

function planOf(survey: InitSurvey, choices: InitChoices, decisions: Decision[]): InitPlan {
  const { root, exactly, facts, install } = survey;
  return { root, exactly, facts, install, choices, decisions };
}

async function decideFile({ root }: InitSurvey, file: WantedFile): Promise<Decision> {
  return decide(file, await exactText(join(root, file.path)));
}

function writeFileOf(survey: InitSurvey, file: WantedFile, signal: AbortSignal): Promise<Decision> {
  const path = join(survey.root, file.path);
  return withFileLock(
    path,
    async () => {
      const decision = await decideFile(survey, file);
      if ('after' in decision) await systemFiles.writeText(path, decision.after);
      return decision;
    },
    { folder: workspaceLayout(survey.root).local, signal },
  );
}

/** Where this very program is, for launchers on this machine that find none installed. */
async function noteProgram(local: string): Promise<void> {
  const note = join(local, 'program');
  const program = `${join(packageRoot(import.meta.url), 'bin', 'rearguard.js')}\n`;
  if ((await exactText(note)) !== program) await systemFiles.writeText(note, program);
}
