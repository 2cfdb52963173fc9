import type { NoteKind } from '../../../core/note-kinds.ts';
import { endSession, noteSession, showSessions, startSession } from '../../../runtime/sessions/sessions.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard session start <title>`. */
export async function start(invocation: Invocation): Promise<CommandResult> {
  const { values } = invocation;
  const by = values['by'] as string | undefined;
  const result = await withRuntime(invocation, {}, (runtime) =>
    startSession(runtime, { title: String(values['title']), by }),
  );
  return { ...result, plain: true };
}

/** `rearguard session note <text>`. */
export async function note(invocation: Invocation): Promise<CommandResult> {
  const { values } = invocation;
  const kind = (values['kind'] as NoteKind | undefined) ?? 'insight';
  const result = await withRuntime(invocation, {}, (runtime) =>
    noteSession(runtime, { text: String(values['text']), kind }),
  );
  return { ...result, plain: true };
}

/** `rearguard session end`. */
export async function end(invocation: Invocation): Promise<CommandResult> {
  return { ...(await withRuntime(invocation, {}, endSession)), plain: true };
}

/** `rearguard session`. */
export async function show(invocation: Invocation): Promise<CommandResult> {
  const limit = (invocation.values['limit'] as number | undefined) ?? 10;
  return { ...(await withRuntime(invocation, {}, (runtime) => showSessions(runtime, limit))), plain: true };
}
