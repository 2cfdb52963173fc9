import type { Block, Cell, Tone } from '../../core/block.ts';
import { counted } from '../../core/counted.ts';
import type { OwnBody } from '../own-command.ts';
import type { Decision } from '../../workspace/init/decide.ts';
import type { InitPlan } from './init.ts';
import { factRows } from './init-facts.ts';
import type { InitData } from './init-data.ts';

const VERBS: Readonly<Record<Decision['action'], { done: string; planned: string; tone: Tone }>> = {
  create: { done: 'written', planned: 'new', tone: 'good' },
  update: { done: 'changed', planned: 'changes', tone: 'good' },
  keep: { done: 'kept', planned: 'kept', tone: 'muted' },
  'by-hand': { done: 'by hand', planned: 'by hand', tone: 'warn' },
};

/** The report of a plan: as it would be done (`dryRun`, with every file whole or as a diff), or as it was. */
export function initBody(plan: InitPlan, { dryRun }: { dryRun: boolean }): OwnBody {
  const data = dataOf(plan, dryRun);
  return {
    status: 'pass',
    summary: summaryOf(plan, dryRun),
    data,
    sections: [
      factTable(data),
      fileTable(plan, dryRun),
      ...(dryRun ? plan.decisions.flatMap(contentOf) : []),
      ...plan.decisions.flatMap(snippetOf),
    ],
    coverage: {
      checked: [],
      notChecked: plan.facts.notRead.map((reason) => ({ reason })),
    },
    next: nextLines(plan, dryRun),
  };
}

function dataOf({ root, facts, decisions, choices }: InitPlan, dryRun: boolean): InitData {
  return {
    root,
    dryRun,
    facts: factRows(facts),
    notRead: [...facts.notRead],
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

function factTable({ facts }: InitData): Block {
  return {
    kind: 'table',
    title: 'What this repository shows',
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

function fileTable({ decisions }: InitPlan, dryRun: boolean): Block {
  return {
    kind: 'table',
    title: 'Files',
    columns: [{ header: '' }, { header: 'file' }, { header: 'what for' }],
    rows: decisions.map((decision): Cell[] => {
      const { done, planned, tone } = VERBS[decision.action];
      const text = dryRun ? planned : done;
      return [
        { text, tone },
        decision.path,
        'why' in decision ? `${decision.does}: ${decision.why}` : decision.does,
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

function nextLines({ install, decisions }: InitPlan, dryRun: boolean): string[] {
  if (dryRun) return ['rearguard init --yes'];
  const writesConfig = decisions.some(({ path }) => path === 'rearguard.config.ts');
  return [
    ...(install === null ? [] : [install]),
    ...(writesConfig ? ['rearguard config print'] : []),
    'rearguard doctor',
    'rearguard check',
  ];
}
