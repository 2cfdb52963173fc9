import type { CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { toRearguardError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import type { ReportError } from '../../core/report.ts';
import { capText, oneLine } from '../../core/text.ts';
import { commandLine } from '../../output/command-line.ts';

/** The one shape of every answer. Each tool repeats it in the list, so it stays this small; `Envelope` says what the open parts are. */
export const envelopeSchema = z.object({
  status: z.enum(['pass', 'fail', 'unknown']),
  summary: z.string(),
  runId: z.string().optional(),
  state: z.string().optional(),
  findings: z.unknown().optional(),
  data: z.unknown().optional(),
  nextCursor: z.string().optional(),
  next: z.unknown(),
});

/** Enough to choose the next step; everything else is in the text, or behind the id. */
export interface BriefFinding {
  id: string;
  severity: Finding['severity'];
  state: Finding['state'];
  title: string;
  subject: string;
  location?: string;
  verify: string;
}

export interface Envelope {
  status: 'pass' | 'fail' | 'unknown';
  summary: string;
  runId?: string;
  /** Of a run: queued, running, completed, failed, cancelled. */
  state?: string;
  findings?: BriefFinding[];
  data?: unknown;
  nextCursor?: string;
  next: string[];
}

const MAX_TITLE = 160;
const MAX_NAME = 200;
const MAX_MESSAGE = 2_000;
const MAX_HINT = 500;

export function briefFinding(finding: Finding): BriefFinding {
  const { id, severity, state, title, subject } = finding;
  return {
    id,
    severity,
    state,
    title: capText(oneLine(title), MAX_TITLE),
    subject: capText(oneLine(`${subject.kind} ${subject.name}`), MAX_NAME),
    ...(subject.location === undefined ? {} : { location: capText(oneLine(subject.location), MAX_NAME) }),
    verify: commandLine(finding.verify.argv),
  };
}

/** `text` says by itself all that matters: there are clients that read nothing else. */
export function answer(envelope: Envelope, text: string): CallToolResult {
  return { content: [{ type: 'text', text }], structuredContent: { ...envelope } };
}

/** An error that comes out of a report, where it was redacted. */
export class ReportedError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor({ code, message, hint }: ReportError) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** Messages come from tools of the user's own, too: on one line, and no longer than anybody reads. */
export function briefError({ code, message, hint }: ReportError): ReportError {
  return {
    code,
    message: capText(oneLine(message), MAX_MESSAGE),
    ...(hint === undefined ? {} : { hint: capText(oneLine(hint), MAX_HINT) }),
  };
}

/** A failure the model can read and act on; the protocol's own errors never reach it. */
export function failure(
  thrown: unknown,
  hideSecrets: (text: string) => string = (text) => text,
): CallToolResult {
  const { code, message, hint } = thrown instanceof ReportedError ? thrown : toRearguardError(thrown);
  const error = briefError({
    code,
    message: hideSecrets(message),
    ...(hint === undefined ? {} : { hint: hideSecrets(hint) }),
  });
  const text = [
    `${error.code}: ${error.message}`,
    ...(error.hint === undefined ? [] : [`hint: ${error.hint}`]),
  ].join('\n');
  return {
    content: [{ type: 'text', text }],
    structuredContent: { status: 'unknown', summary: error.message, error, next: [] },
    isError: true,
  };
}
