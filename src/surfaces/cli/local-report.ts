import type { Report } from '../../core/report.ts';
import { systemClock } from '../../platform/clock.ts';
import { composeReport, openFrame, type RunFrame } from '../../runtime/envelope.ts';
import { OWN_NAME } from '../../runtime/own-command.ts';
import type { CommandResult } from './spec.ts';

/** The frame of a command that judges nothing: it prints what is known. */
export function openLocalFrame(command: string): RunFrame {
  return openFrame(OWN_NAME, command, { clock: systemClock, random: Math.random });
}

/** Its result: the usual envelope, and as text no verdict. */
export function localResult(
  frame: RunFrame,
  body: Pick<Report, 'summary' | 'data'> & Partial<Report>,
): CommandResult {
  return { report: composeReport(frame, { status: 'pass', ...body }), exitCode: 0, plain: true };
}
