import { z } from 'zod';
import { parseDuration } from '../../../core/duration.ts';
import { RearguardError } from '../../../core/errors.ts';
import { NOTE_KINDS } from '../../../core/note-kinds.ts';
import { muteFinding, unmuteFinding } from '../../../runtime/findings.ts';
import { runFix } from '../../../runtime/fix/fix.ts';
import { addKnowledge } from '../../../runtime/knowledge/add.ts';
import type { RunResult } from '../../../runtime/runtime.ts';
import { endSession, noteSession, startSession } from '../../../runtime/sessions/sessions.ts';
import { type Call, mcpTool, reportOf } from '../call.ts';
import { ownAnswer } from '../own-answer.ts';

/** A client waits no longer; what could not be told by then can be asked again with `run`. */
const VERIFY_WITHIN_MS = 40_000;

const input = z.object({
  action: z
    .enum(['session-start', 'session-note', 'session-end', 'knowledge-add', 'fix-apply', 'mute', 'unmute'])
    .describe(
      'sessions leave a dated update; knowledge-add drafts a lesson from a finding, or takes a Markdown entry; fix-apply writes the patch of a finding into files, then verifies',
    ),
  title: z.string().optional().describe('of the session: what you are about to do'),
  by: z.string().optional().describe('who works'),
  text: z.string().optional().describe('the note, or the entry as Markdown'),
  kind: z.enum(NOTE_KINDS).optional().describe('heading of the note; default insight'),
  finding: z.string().optional().describe('id'),
  reason: z.string().optional().describe('why it is muted'),
  for: z.string().optional().describe('how long it is muted, as 7d; default: for good'),
});
type Arguments = z.infer<typeof input>;

/** Listed only where writing was allowed. */
export const workspaceUpdateTool = mcpTool({
  name: 'workspace_update',
  title: 'Write into the workspace',
  description:
    'Keep a working session, write down a lesson, apply a patch to files, mute a finding. Writes into the store, ai-agents/backend/ and, for fix-apply, the files of the patch; never into a database.',
  input,
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  run: async (args, call) => ownAnswer(reportOf(await update(args, call)), call.runtime.catalog),
});

function update(args: Arguments, { runtime, signal }: Call): Promise<RunResult> {
  switch (args.action) {
    case 'session-start':
      return startSession(runtime, { title: needed(args, 'title'), by: args.by });
    case 'session-note':
      return noteSession(runtime, { text: needed(args, 'text'), kind: args.kind ?? 'insight' });
    case 'session-end':
      return endSession(runtime);
    case 'knowledge-add':
      return addKnowledge(runtime, {
        author: args.by,
        ...(args.text === undefined ? { from: needed(args, 'finding') } : { markdown: args.text }),
      });
    case 'fix-apply':
      return runFix(runtime, needed(args, 'finding'), {
        apply: true,
        force: false,
        migration: null,
        signal,
        timeoutMs: VERIFY_WITHIN_MS,
        isolateOwnTools: true,
      });
    case 'unmute':
      return unmuteFinding(runtime, needed(args, 'finding'));
    default: {
      const options = { reason: needed(args, 'reason'), forMs: durationOf(args.for) };
      return muteFinding(runtime, needed(args, 'finding'), options);
    }
  }
}

function needed(args: Arguments, field: 'title' | 'text' | 'finding' | 'reason'): string {
  const value = args[field];
  if (value !== undefined && value !== '') return value;
  throw new RearguardError('E_USAGE', { message: `${args.action} needs ${field}.`, hint: '' });
}

function durationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new RearguardError('E_USAGE', {
    message: `for does not take ${JSON.stringify(text)}.`,
    hint: 'Write a duration with its unit: 30s, 5m, 7d.',
  });
}
