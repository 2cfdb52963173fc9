/** What a note of a session is about: a heading each in the session's update. Apart from the schema, which `--help` must not load. */
export const NOTE_KINDS = ['tool', 'insight', 'documentation', 'infrastructure'] as const;
export type NoteKind = (typeof NOTE_KINDS)[number];
