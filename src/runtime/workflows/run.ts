import { join } from 'node:path';
import type { RearguardError } from '../../core/errors.ts';
import type { RunResult } from '../envelope.ts';
import type { ParsedCommand } from '../command-line/parse.ts';
import { runOwnIsolated } from '../live-runs/isolated.ts';
import { ownCommand } from '../own-command.ts';
import { recordReport } from '../record-report.ts';
import type { Runtime } from '../runtime.ts';
import { accessStore } from '../store-access.ts';
import { runWorkflow, type StepOutcome } from '../workflow.ts';
import { findWorkflow } from './find.ts';
import { mergeWorkflow } from './merge.ts';
import { parseStep } from './parse-step.ts';
import type { LeftOut, StepProgress, WorkflowDefinition, WorkflowStep } from './types.ts';

export interface WorkflowRunOptions {
  signal: AbortSignal;
  /** Instead of the workflow's own. */
  budgetMs?: number;
  onStep?: (progress: StepProgress) => void;
}

/** A step that is ready: its line was understood, or says why not. */
interface ReadyStep extends WorkflowStep {
  parsed: ParsedCommand | RearguardError;
}

/** Long enough for anything; `setTimeout` takes no more. */
const NO_LIMIT_MS = 2 ** 31 - 1;

/**
 * Runs a workflow to one merged report. A step that fails, hangs or floods is told as such, and the others go on unless the step says that nothing after it makes
 * sense. Lines of the config that cannot be understood are one E_USAGE before anything is run.
 */
export async function runWorkflowNamed(
  runtime: Runtime,
  name: string,
  options: WorkflowRunOptions,
): Promise<RunResult> {
  const result = await ownCommand(runtime, `run ${name}`, async () => {
    const workflow = findWorkflow(runtime.config.workflows, name);
    const groups = await Promise.all(
      workflow.groups.map((group) => Promise.all(group.map((step) => prepare(step, runtime)))),
    );
    const startedAtMs = runtime.clock.wallMs();
    const { outcomes, leftOut } = await runGroups(runtime, workflow, groups, options);
    return mergeWorkflow(runtime, workflow, {
      outcomes,
      leftOut,
      startedAtMs,
      interrupted: options.signal.aborted,
    });
  });
  if (result.report.data !== null) {
    recordReport(accessStore(() => runtime.openStore()).store.runs, result.report);
  }
  return result;
}

/** A tool that is not there fails its own step; any other mistake in a line is one of whoever wrote it. */
async function prepare(step: WorkflowStep, { catalog }: Runtime): Promise<ReadyStep> {
  const parsed = await parseStep(step, catalog);
  if ('code' in parsed && parsed.code === 'E_USAGE') throw parsed;
  return { ...step, parsed };
}

async function runGroups(
  runtime: Runtime,
  workflow: WorkflowDefinition,
  groups: readonly (readonly ReadyStep[])[],
  { signal, budgetMs, onStep }: WorkflowRunOptions,
): Promise<{ outcomes: StepOutcome<RunResult>[]; leftOut: LeftOut[] }> {
  const endsAtMs = runtime.clock.monotonicMs() + (budgetMs ?? workflow.budgetMs ?? NO_LIMIT_MS);
  const total = groups.flat().length;
  const outcomes: StepOutcome<RunResult>[] = [];
  const leftOut: LeftOut[] = [];
  let stoppedBy: string | null = null;
  const tell = (name: string, state: StepProgress['state']): void => {
    const done = outcomes.length + leftOut.length;
    onStep?.({ name, state, done, total });
    runtime.progress(done, total, `${name}: ${state}`);
  };
  for (const group of groups) {
    const runnable: ReadyStep[] = [];
    for (const step of group) {
      const why = await whyLeftOut(runtime, step, stoppedBy);
      if (why === null) runnable.push(step);
      else {
        leftOut.push({ name: step.run, ...why });
        tell(step.run, 'left out');
      }
    }
    for (const { run } of runnable) tell(run, 'running');
    const finished = await runWorkflow([runnable.map((step) => stepOf(runtime, step))], {
      budgetMs: Math.max(0, endsAtMs - runtime.clock.monotonicMs()),
      signal,
      clock: runtime.clock,
    });
    for (const [index, outcome] of finished.entries()) {
      outcomes.push(outcome);
      tell(outcome.name, outcome.state);
      const isGood = outcome.state === 'finished' && outcome.result.report.status === 'pass';
      if (!isGood && runnable[index]?.onFailure === 'stop') stoppedBy ??= outcome.name;
    }
  }
  return { outcomes, leftOut };
}

function stepOf(
  runtime: Runtime,
  { run, parsed, timeoutMs }: ReadyStep,
): { name: string; deadlineMs?: number; run(signal: AbortSignal): Promise<RunResult> } {
  return {
    name: run,
    ...(timeoutMs === null ? {} : { deadlineMs: timeoutMs }),
    run: async (signal) => {
      if ('code' in parsed) throw parsed;
      return runOwnIsolated(runtime, { ...parsed, signal });
    },
  };
}

async function whyLeftOut(
  runtime: Runtime,
  { run, needsFile }: WorkflowStep,
  stoppedBy: string | null,
): Promise<Omit<LeftOut, 'name'> | null> {
  if (stoppedBy !== null) return { reason: `${stoppedBy} failed, and nothing after it makes sense then` };
  if (needsFile === undefined) return null;
  const { files } = await runtime.world();
  const isThere = await files.exists(join(runtime.config.directory, needsFile));
  return isThere
    ? null
    : { reason: `there is no ${needsFile} to compare with`, hint: `\`rearguard ${run}\` makes one.` };
}
