import { z } from 'zod';
import { NOTE_KINDS } from './note-kinds.ts';

/** A working period of a person or an agent. It groups runs, decisions and notes. */
export const sessionSchema = z.object({
  /** `2026-11-28-slow-checkout`: date and the title's words; also the name of its update's file. */
  id: z.string().regex(/^\d{4}-\d{2}-\d{2}-[a-z0-9-]+$/),
  title: z.string().min(1),
  /** Who works: a name, never an address. */
  by: z.string().nullable(),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  /** Commit that was checked out when it began; null outside a repository. */
  startedAtCommit: z.string().nullable(),
  /** Tools that were there when it began, so that those added since are known. */
  toolsAtStart: z.array(z.string()),
  /** Lessons in the workspace's knowledge then, by id. */
  lessonsAtStart: z.array(z.string()),
  notes: z.array(z.object({ atMs: z.number(), kind: z.enum(NOTE_KINDS), text: z.string() })),
});
export type Session = z.infer<typeof sessionSchema>;
