import type { Block, Cell, Tone } from '../../core/block.ts';
import { createTwoFilesPatch } from 'diff';
import { counted } from '../../core/counted.ts';
import type { Diagnostic } from '../../core/report.ts';
import { stripControl } from '../../core/text.ts';
import { commandLine } from '../../output/command-line.ts';
import type { OwnBody } from '../own-command.ts';
import type { Decision } from '../../workspace/init/decide.ts';
import { AGENTS } from '../../workspace/init/mcp-entries.ts';
import type { InitPlan } from './init.ts';
import { factRows } from './init-facts.ts';
import type { InitData } from './init-data.ts';

const VERBS: Readonly<Record<Decision['action'], { done: string; planned: string; tone: Tone }>> = {
  create: { done: 'written', planned: 'new', tone: 'good' },
  update: { done: 'changed', planned: 'changes', tone: 'good' },
  keep: { done: 'kept', planned: 'kept', tone: 'muted' },
  'by-hand': { done: 'by hand', planned: 'by hand', tone: 'warn' },
};

/** The report of a plan: as it was done, as it would be (every file whole or as a diff), or that the user said no. */
export function initBody(plan: InitPlan, outcome: 'written' | 'planned' | 'refused'): OwnBody {
  const dryRun = outcome !== 'written';
  const data = dataOf(plan, dryRun);
  return {
    status: 'pass',
    summary: summaryOf(plan, dryRun),
    data,
    sections: [
      ...(outcome === 'planned' ? plan.decisions.flatMap(contentOf) : []),
      factTable(data),
      fileTable(plan, dryRun),
      ...variableNote(data),
      ...agentNote(data),
      ...plan.decisions.flatMap(snippetOf),
    ],
    coverage: {
      checked: [],
      notChecked: plan.facts.notRead.map((reason) => ({ reason })),
    },
    diagnostics: diagnosticsOf(plan),
    next: nextLines(plan, dryRun),
  };
}

/**
 * The same for a terminal: files as they are, for lines that are broken and cut are no text of a program any more.
 */
export function filesText({ decisions }: InitPlan): string {
  return decisions
    .flatMap((decision) => {
      if (decision.action === 'create') return [`=== ${decision.path} (new)\n${decision.after}`];
      if (decision.action !== 'update') return [];
      const { path, before, after } = decision;
      return [createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after)];
    })
    .map((text) => `${stripControl(text)}\n`)
    .join('');
}

/** A wish that could not be met. */
function diagnosticsOf({ choices, decisions }: InitPlan): Diagnostic[] {
  const kept = decisions.find(
    ({ path, action }) => path.startsWith('rearguard.config.') && action === 'keep',
  );
  if (choices.baseUrl === null || kept === undefined) return [];
  const message = `${kept.path} is there already, so ${choices.baseUrl} was not written into it.`;
  return [{ level: 'warning', message, hint: 'Set `targets.<name>.baseUrl` there.' }];
}

function variablesOf(decisions: readonly Decision[]): string[] {
  const config = decisions.find(({ path }) => path.startsWith('rearguard.config.'));
  const text = config?.action === 'create' ? config.after : '';
  const used = text.split('\n').flatMap((line) => /^\s*[^/\s].*\benv\('(\w+)'\)/.exec(line)?.[1] ?? []);
  return [...new Set(used)];
}

function variableNote({ variables }: InitData): Block[] {
  if (variables.length === 0) return [];
  const text = `Set where Rearguard runs: ${variables.join(', ')}. It reads the environment, and no .env file.`;
  return [{ kind: 'text', text }];
}

function dataOf({ root, facts, decisions, choices }: InitPlan, dryRun: boolean): InitData {
  return {
    root,
    dryRun,
    facts: factRows(facts),
    notRead: [...facts.notRead],
    variables: variablesOf(decisions),
    agents: [...choices.agents],
    files: decisions.map((decision) => ({
      path: decision.path,
      does: decision.does,
      action: decision.action,
      why: 'why' in decision ? decision.why : null,
      text: 'snippet' in decision ? decision.snippet : dryRun && 'after' in decision ? decision.after : null,
    })),
  };
}

function summaryOf({ decisions }: InitPlan, dryRun: boolean): string {
  const count = (action: Decision['action']): number =>
    decisions.filter((decision) => decision.action === action).length;
  const written = count('create') + count('update');
  const byHand = count('by-hand');
  const rest = byHand === 0 ? '' : ` ${counted(byHand, 'file')} to complete by hand.`;
  if (written === 0) return `Nothing to write: everything is there.${rest}`;
  const files = `${counted(count('create'), 'new file')}, ${count('update')} changed, ${count('keep')} kept`;
  return dryRun
    ? `Nothing was written. It would be: ${files}.${rest}`
    : `The workspace is there: ${files}.${rest}`;
}

function factTable({ root, facts }: InitData): Block {
  return {
    kind: 'table',
    title: `What ${root} shows`,
    columns: [{ header: 'what' }, { header: 'found' }, { header: 'where' }],
    rows: facts.map(({ fact, value, certainty, where }): Cell[] => [
      fact,
      value === null
        ? { text: 'unknown', tone: 'muted' }
        : `${value}${certainty === 'guessed' ? ' (guessed)' : ''}`,
      where.join(', '),
    ]),
  };
}

function agentNote({ agents }: InitData): Block[] {
  if (agents.length > 0) return [];
  const text = `No coding agent got an MCP entry. \`rearguard init --agents\` writes it: ${AGENTS.join(', ')}.`;
  return [{ kind: 'text', text }];
}

function fileTable({ decisions }: InitPlan, dryRun: boolean): Block {
  const rows = new Map<string, { path: string; text: string; tone: Tone; what: string; count: number }>();
  for (const decision of decisions) {
    const { done, planned, tone } = VERBS[decision.action];
    const text = dryRun ? planned : done;
    const what = 'why' in decision ? decision.why : decision.does;
    // Launchers are alike; the data has each.
    const key = /\/tools\/[^/]+$/.test(decision.path) ? `tools ${text}` : decision.path;
    const row = rows.get(key);
    if (row) row.count += 1;
    else rows.set(key, { path: decision.path, text, tone, what, count: 1 });
  }
  return {
    kind: 'table',
    title: 'Files',
    columns: [{ header: '' }, { header: 'file' }, { header: '' }],
    rows: [...rows.values()].map(({ path, text, tone, what, count }): Cell[] => {
      const several = count > 1;
      return [
        { text, tone },
        several ? path.replace(/[^/]+$/, '*') : path,
        several ? `${count} launchers, one a tool` : what,
      ];
    }),
  };
}

function contentOf(decision: Decision): Block[] {
  if (decision.action === 'create') {
    return [{ kind: 'text', title: `${decision.path} (new)`, text: decision.after }];
  }
  if (decision.action !== 'update') return [];
  return [{ kind: 'diff', title: decision.path, before: decision.before, after: decision.after }];
}

function snippetOf(decision: Decision): Block[] {
  if (decision.action !== 'by-hand') return [];
  return [{ kind: 'text', title: `For ${decision.path}, by hand`, text: decision.snippet, tone: 'warn' }];
}

function nextLines(plan: InitPlan, dryRun: boolean): string[] {
  if (dryRun) return [confirmLine(plan)];
  const { install, decisions } = plan;
  const writesConfig = decisions.some(({ path }) => path === 'rearguard.config.ts');
  return [
    ...(install === null ? [] : [install]),
    ...(writesConfig ? ['rearguard config print'] : []),
    'rearguard doctor',
    'rearguard check',
  ];
}

/** The command that does what was planned, without asking. */
export function confirmLine({ choices, root, exactly }: InitPlan): string {
  const { agents, baseUrl } = choices;
  return commandLine([
    'rearguard',
    'init',
    '--yes',
    '--agents',
    agents.length === 0 ? 'none' : agents.join(','),
    ...(baseUrl === null ? [] : ['--url', baseUrl]),
    ...(exactly ? ['--dir', root] : []),
  ]);
}
