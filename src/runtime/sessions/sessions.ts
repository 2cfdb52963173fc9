import { relative } from 'node:path';
import { z } from 'zod';
import { RearguardError } from '../../core/errors.ts';
import { type NoteKind } from '../../core/note-kinds.ts';
import { type Session, sessionSchema } from '../../core/session.ts';
import { oneLine } from '../../core/text.ts';
import type { RunResult } from '../envelope.ts';
import { type OwnBody, ownCommand } from '../own-command.ts';
import type { Runtime } from '../runtime.ts';
import { sessionId } from '../../workspace/sessions/id.ts';
import { currentCommit } from './git.ts';
import { lessonsNow } from './lessons.ts';
import { writeUpdate } from './write-update.ts';

export const sessionDataSchema = z.object({
  session: sessionSchema,
  /** Of its update, relative to the config; null while it is open. */
  file: z.string().nullable(),
  /** false: everything was there already. */
  changed: z.boolean(),
});
export const sessionShowDataSchema = z.object({ sessions: z.array(sessionSchema) });
type SessionData = z.infer<typeof sessionDataSchema>;

/** Begins a working period. Throws E_SESSION_OPEN while another one is open. */
export function startSession(
  runtime: Runtime,
  options: { title: string; by?: string | undefined },
): Promise<RunResult> {
  return ownCommand(runtime, 'session start', async () => {
    const { sessions } = runtime.openStore();
    const redactor = await runtime.redactor();
    const { processes } = await runtime.world();
    const startedAtMs = runtime.clock.wallMs();
    const title = oneLine(redactor.text(options.title));
    if (title === '') throw new RearguardError('E_USAGE', { message: 'A session needs a title.', hint: '' });
    const session: Session = {
      id: sessionId(title, startedAtMs, (id) => sessions.get(id) !== undefined),
      title,
      by: options.by === undefined ? null : oneLine(redactor.text(options.by)),
      startedAtMs,
      endedAtMs: null,
      startedAtCommit: await currentCommit(processes, runtime.config.directory),
      toolsAtStart: runtime.catalog.tools.map(({ name }) => name),
      lessonsAtStart: (await lessonsNow(runtime.config)).map(({ id }) => id),
      notes: [],
    };
    const open = sessions.begin(session);
    if (open) throw new RearguardError('E_SESSION_OPEN', { id: open.id });
    return bodyOf(session, {
      summary: `Session ${session.id} is open.`,
      next: ['rearguard session note "what you learned"', 'rearguard session end'],
    });
  });
}

/** Notes something in the open session. Throws E_SESSION_NONE. */
export function noteSession(runtime: Runtime, options: { text: string; kind: NoteKind }): Promise<RunResult> {
  return ownCommand(runtime, 'session note', async () => {
    const text = oneLine((await runtime.redactor()).text(options.text));
    const { sessions } = runtime.openStore();
    const open = sessions.open();
    if (!open) throw new RearguardError('E_SESSION_NONE');
    const note = { atMs: runtime.clock.wallMs(), kind: options.kind, text };
    const session = sessions.update(open.id, (now) => ({ ...now, notes: [...now.notes, note] })) ?? open;
    return bodyOf(session, {
      summary: `Noted in ${session.id}, under ${options.kind}.`,
      next: ['rearguard session end'],
    });
  });
}

/** Ends the open session and writes its update; called again, it changes nothing. Throws E_SESSION_NONE where there never was one. */
export function endSession(runtime: Runtime): Promise<RunResult> {
  return ownCommand(runtime, 'session end', async () => {
    const { sessions } = runtime.openStore();
    const open = sessions.open();
    const session = open ?? sessions.list({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER })[0];
    if (session === undefined) throw new RearguardError('E_SESSION_NONE');
    const endedAtMs = session.endedAtMs ?? runtime.clock.wallMs();
    const written = await writeUpdate(runtime, { ...session, endedAtMs });
    // Only now: what could not be written can be ended again.
    const ended = sessions.update(session.id, (now) => ({ ...now, endedAtMs })) ?? session;
    const file = relative(runtime.config.directory, written.path);
    return bodyOf(ended, {
      file,
      changed: written.changed,
      summary: written.changed
        ? `Session ${ended.id} has ended; complete its update: ${file}.`
        : `Session ${ended.id} had ended; its update is ${file}.`,
      artifacts: written.changed ? [{ kind: 'session-update', path: file }] : [],
      next: ['rearguard knowledge add --help', 'rearguard workspace check'],
    });
  });
}

/** The open session, or the newest ones. */
export function showSessions(runtime: Runtime, limit: number): Promise<RunResult> {
  return ownCommand(runtime, 'session show', () => {
    const all = runtime.openStore().sessions.list({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER });
    return {
      status: 'pass',
      summary:
        all.length === 0
          ? 'There was no session yet.'
          : `${all[0]?.endedAtMs === null ? 'One is open' : 'None is open'}.`,
      sections: all.length === 0 ? [] : [tableOf(all.slice(0, limit), all.length - limit)],
      data: { sessions: all.slice(0, limit) },
      next: all[0]?.endedAtMs === null ? ['rearguard session end'] : ['rearguard session start "…"'],
    };
  });
}
function tableOf(sessions: readonly Session[], omitted: number): NonNullable<OwnBody['sections']>[number] {
  return {
    kind: 'table',
    columns: ['session', 'by', 'title', 'notes', 'state'].map((header) => ({ header })),
    rows: sessions.map(({ id, by, title, notes, endedAtMs }) => [
      id,
      by,
      title,
      notes.length,
      endedAtMs === null ? { text: 'open', tone: 'warn' } : 'ended',
    ]),
    ...(omitted > 0 ? { omitted } : {}),
  };
}

function bodyOf(
  session: Session,
  rest: Pick<OwnBody, 'summary'> & Partial<OwnBody> & Partial<SessionData>,
): OwnBody {
  const { file = null, changed = true, ...body } = rest;
  return { status: 'pass', data: { session, file, changed } satisfies SessionData, ...body };
}
