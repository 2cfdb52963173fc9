import type { ProjectFacts } from '../../project/facts.ts';
import { WORKSPACE_FOLDER } from '../layout.ts';
import { overviewDocument } from '../overview/document.ts';
import type { Region } from '../regions.ts';
import { AGENTS_REGION, agentsSection, CLAUDE_FILE } from './agents-section.ts';
import { configText } from './config-text.ts';
import { launcherOf } from './launchers.ts';
import { type Agent, AGENT_FILES, hasMcpEntry, mcpFile } from './mcp-entries.ts';
import { SKILL_FOLDERS, skillFile, skillPath } from './skill-file.ts';

/** Written once; the team's from then on. */
interface TeamFile {
  owner: 'team';
  text: string;
}

/** Ours, whole and sealed: brought up to date as long as nobody wrote in it. */
interface OwnFile {
  owner: 'rearguard';
  text: string;
}

/** The team's, with one region of ours. */
interface SharedFile {
  owner: 'shared';
  region: Region;
}

/** The team's, which lacks a line. */
interface FileWithLine {
  owner: 'line';
  line: string;
  /** What says the same already. */
  same: readonly string[];
}

/** The team's where there is one: what it lacks is shown then, for such a file cannot hold a region. */
interface FileWithEntry {
  owner: 'entry';
  text: string;
  isThere: (text: string) => boolean;
}

/** A file that init wants to be there. `path` is relative to the root, with `/`; `does` says what for. */
export type WantedFile = { path: string; does: string } & (
  | TeamFile
  | OwnFile
  | SharedFile
  | FileWithLine
  | FileWithEntry
);

export interface InitChoices {
  /** Agents that get an MCP entry. */
  agents: readonly Agent[];
  baseUrl: string | null;
}

export interface InitInputs {
  facts: ProjectFacts;
  choices: InitChoices;
  /** Of the program. */
  version: string;
  /** Every tool that gets a launcher: built, planned and own ones. */
  tools: readonly string[];
  /** Name of the config that is there, in the root; null: one is to be written. */
  config: string | null;
  /** Whether there is a .gitignore. */
  hasGitIgnore: boolean;
  /** The first documents of the workspace. */
  documents: { context: string; knowledge: string };
}

/** Everything of a workspace, in the order in which it is shown. */
export function wantedFiles(inputs: InitInputs): WantedFile[] {
  const { facts, choices, version, documents } = inputs;
  const inWorkspace = (path: string): string => `${WORKSPACE_FOLDER}/${path}`;
  return [
    configFile(inputs),
    {
      path: inWorkspace('AI-CONTEXT.md'),
      does: 'the backend as people and agents find it',
      owner: 'team',
      text: documents.context,
    },
    {
      path: inWorkspace('docs/KNOWLEDGE.md'),
      does: 'lessons that come back with their finding',
      owner: 'team',
      text: documents.knowledge,
    },
    {
      path: inWorkspace('AI-PROJECT-OVERVIEW.md'),
      does: 'API changes and admin needs, for other teams',
      owner: 'team',
      text: overviewDocument(facts.name.value),
    },
    ...inputs.tools.map((tool): WantedFile => {
      const { file, text } = launcherOf(tool);
      return { path: inWorkspace(`tools/${file}`), does: `starts ${tool}`, owner: 'rearguard', text };
    }),
    {
      path: 'AGENTS.md',
      does: 'tells every coding agent where to begin',
      owner: 'shared',
      region: { name: AGENTS_REGION, body: agentsSection() },
    },
    {
      path: 'CLAUDE.md',
      does: 'imports AGENTS.md',
      owner: 'entry',
      text: CLAUDE_FILE,
      isThere: (text) => text.includes('AGENTS.md'),
    },
    ...skillFolders(choices.agents).map((folder): WantedFile => ({
      path: skillPath(folder),
      does: 'asks the program for its current text',
      owner: 'rearguard',
      text: skillFile(version),
    })),
    ...choices.agents.map((agent): WantedFile => ({
      path: AGENT_FILES[agent].path,
      does: `MCP entry of ${AGENT_FILES[agent].title}`,
      owner: 'entry',
      text: mcpFile(agent),
      isThere: hasMcpEntry,
    })),
    // Without a .gitignore, .rearguard ignores itself.
    ...(inputs.hasGitIgnore
      ? [
          {
            path: '.gitignore',
            does: 'ignores what belongs to one machine',
            owner: 'line' as const,
            line: '.rearguard/',
            same: ['.rearguard', '/.rearguard', '/.rearguard/', '.rearguard/*', '.rearguard/**'],
          },
        ]
      : []),
  ];
}

function configFile({ config, facts, choices }: InitInputs): WantedFile {
  return {
    path: config ?? 'rearguard.config.ts',
    does: 'what is under guard',
    owner: 'team',
    text: configText(facts, choices),
  };
}

function skillFolders(agents: readonly Agent[]): string[] {
  return agents.includes('claude') ? [SKILL_FOLDERS.shared, SKILL_FOLDERS.claude] : [SKILL_FOLDERS.shared];
}
