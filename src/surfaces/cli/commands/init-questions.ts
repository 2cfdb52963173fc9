import { createInterface } from 'node:readline/promises';
import { RearguardError } from '../../../core/errors.ts';
import { planInit, type InitSurvey } from '../../../runtime/workspace/init.ts';
import { factRows } from '../../../runtime/workspace/init-facts.ts';
import { type Agent, AGENT_FILES, AGENTS } from '../../../workspace/init/mcp-entries.ts';
import type { InitChoices } from '../../../workspace/init/wanted.ts';
import type { CliIo } from '../spec.ts';

/** What was given on the command line already is not asked. */
interface Given {
  baseUrl: string | null;
  agents: readonly Agent[] | null;
}

/** The user's choices, or null when they do not want anything written. Questions stand on stderr: stdout is the result's. */
export async function askInit(
  survey: InitSurvey,
  given: Given,
  io: CliIo,
  signal: AbortSignal,
): Promise<InitChoices | null> {
  const terminal = createInterface({ input: io.stdin, output: io.stderr });
  const ask = async (question: string): Promise<string> => {
    try {
      return (await terminal.question(question, { signal })).trim();
    } catch (thrown) {
      throw new RearguardError('E_INTERRUPTED', {}, { cause: thrown });
    }
  };
  try {
    io.stderr.write(`${foundLines(survey)}\n\n`);
    const baseUrl = given.baseUrl ?? (await askBaseUrl(survey, ask, (line) => io.stderr.write(`${line}\n`)));
    const agents = given.agents ?? (await askAgents(survey, ask));
    const choices = { baseUrl, agents };
    const { decisions } = await planInit(survey, choices);
    const changed = decisions.filter((decision) => 'after' in decision);
    if (changed.length === 0) return choices;
    const lines = changed.map(({ action, path, does }) => `  ${action.padEnd(6)}  ${path}  (${does})`);
    io.stderr.write(`\n${lines.join('\n')}\n\n`);
    return isNo(await ask(`Write these ${changed.length} files? [Y/n] `)) ? null : choices;
  } finally {
    terminal.close();
  }
}

function foundLines({ root, facts }: InitSurvey): string {
  const known = factRows(facts).filter(({ value }) => value !== null);
  const lines = known.map(({ fact, value, certainty }) => {
    return `  ${fact.padEnd(16)}  ${value ?? ''}${certainty === 'guessed' ? ' (guessed)' : ''}`;
  });
  return [`In ${root}:`, ...lines].join('\n');
}

/** What keeps a text from being the base URL of a config; null: nothing. */
export function baseUrlProblem(text: string): string | null {
  if (!URL.canParse(text) || !/^https?:/i.test(text)) return `, not ${JSON.stringify(text)}`;
  const { username, password } = new URL(text);
  // The config is committed.
  return username === '' && password === ''
    ? null
    : ' without a login in it: `targets.<name>.auth` takes one by reference';
}

async function askBaseUrl(
  { facts, inputs }: InitSurvey,
  ask: (question: string) => Promise<string>,
  tell: (line: string) => void,
): Promise<string | null> {
  // The config that is there says it.
  if (inputs.config !== null) return null;
  const found = facts.port === null ? null : `http://localhost:${facts.port.value}`;
  for (;;) {
    const hint = found === null ? 'empty: write it into the config later' : found;
    const answer = await ask(`Where does the backend answer? [${hint}] `);
    if (answer === '') return null;
    const problem = baseUrlProblem(answer);
    if (problem === null) return answer;
    tell(`An http:// or https:// URL${problem}.`);
  }
}

async function askAgents(
  { agentsInUse }: InitSurvey,
  ask: (question: string) => Promise<string>,
): Promise<Agent[]> {
  const names = AGENTS.map((agent) => `${agent} (${AGENT_FILES[agent].title})`).join(', ');
  const preset = agentsInUse.length === 0 ? 'none' : agentsInUse.join(',');
  for (;;) {
    const answer = await ask(`Coding agents that get an MCP entry: ${names}, none. [${preset}] `);
    if (answer === '') return [...agentsInUse];
    if (answer === 'none') return [];
    const chosen = answer.split(/[\s,]+/);
    const known = AGENTS.filter((agent) => chosen.includes(agent));
    if (known.length === new Set(chosen).size) return known;
  }
}

function isNo(answer: string): boolean {
  return /^no?$/i.test(answer);
}
