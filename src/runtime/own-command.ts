import { toRearguardError } from '../core/errors.ts';
import { createRedactor } from '../core/redact.ts';
import type { Report } from '../core/report.ts';
import { composeReport, failedRun, openFrame, type RunResult } from './envelope.ts';
import { exitCodeOf } from './exit-code.ts';
import { withKnowledge } from './knowledge/recall.ts';
import type { Runtime } from './runtime.ts';

/** Name under which the commands of no tool report. */
export const OWN_NAME = 'rearguard';

/** Commands after which AI-CONTEXT.md may have something else to say; runs of tools say so themselves. */
const CHANGING: readonly string[] = ['session end', 'findings mute', 'findings unmute', 'knowledge add'];

/** What a command of no tool says; the rest of the envelope is added. */
export type OwnBody = Pick<Report, 'status' | 'summary' | 'data'> &
  Partial<Report> &
  Partial<Pick<RunResult, 'rules'>>;

/**
 * Runs a command of no tool to the same envelope as any other. What it shows was redacted when it was
 * measured or stored; only the message of a failure is new.
 */
export async function ownCommand(
  runtime: Pick<Runtime, 'clock' | 'random' | 'redactor'> &
    Partial<Pick<Runtime, 'takeRunId' | 'config' | 'markChanged'>>,
  command: string,
  work: () => OwnBody | Promise<OwnBody>,
): Promise<RunResult> {
  const frame = openFrame(OWN_NAME, command, runtime);
  try {
    const { rules = [], ...body } = await work();
    const report = composeReport(frame, body);
    if (CHANGING.includes(command)) runtime.markChanged?.();
    return await withKnowledge(runtime.config, { report, exitCode: exitCodeOf(report), rules });
  } catch (thrown) {
    const redactor = await runtime.redactor().catch(() => createRedactor([]));
    return failedRun(frame, toRearguardError(thrown), redactor);
  }
}
