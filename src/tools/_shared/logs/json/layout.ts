import { createKeyTable, type KeyTable } from './key-table.ts';

/** What a member of a record says. */
export const ROLE = {
  time: 0,
  level: 1,
  message: 2,
  stack: 3,
  exceptionType: 4,
  logger: 5,
  /** Of an error beside the message: its text, or its stack where that is all there is. */
  error: 6,
} as const;
export type Role = (typeof ROLE)[keyof typeof ROLE];
export type RoleName = keyof typeof ROLE;
export const ROLE_COUNT = 7;

/** Names of members by role, the best first; dots name members within members, written either way. */
export type RoleKeys = Readonly<Partial<Record<RoleName, readonly string[]>>>;

/** Names that loggers use whose format is not known by name; a format's own come before them. */
const COMMON: Readonly<Record<RoleName, readonly string[]>> = {
  time: [
    'time',
    'timestamp',
    '@timestamp',
    'ts',
    'datetime',
    'date',
    'asctime',
    'eventTime',
    'Timestamp',
    'time_iso8601',
    't',
  ],
  level: [
    'level',
    'severity',
    'log.level',
    'levelname',
    'level_name',
    'lvl',
    'loglevel',
    'log_level',
    'Level',
    'severityText',
  ],
  message: [
    'msg',
    'message',
    'short_message',
    'RenderedMessage',
    'Message',
    'MessageTemplate',
    'text',
    'body',
    'event',
  ],
  stack: [
    'stack',
    'err.stack',
    'error.stack',
    'error.stack_trace',
    'stack_trace',
    'stacktrace',
    'stackTrace',
    'exception.stacktrace',
    'exception.stack',
    'traceback',
    'exc_text',
  ],
  exceptionType: [
    'err.type',
    'error.type',
    'err.name',
    'error.name',
    'exception.type',
    'exception.class',
    'exc_type',
  ],
  logger: ['logger', 'logger_name', 'log.logger', 'name', 'channel', 'component', 'loggerName'],
  error: ['err.message', 'error.message', 'exception.message', 'error', 'err', 'exception', 'exc_info'],
};

/** One level of a layout: which members are wanted, and where to look within them. */
export interface LayoutNode {
  keys: KeyTable;
  /** By index of the key: role, or -1. */
  roles: Int8Array;
  /** The lower the better. */
  ranks: Int16Array;
  children: readonly (LayoutNode | null)[];
}

interface Draft {
  roles: Map<string, { role: Role; rank: number }>;
  children: Map<string, Draft>;
}

export function compileLayout(keys: RoleKeys): LayoutNode {
  const draft = emptyDraft();
  for (const name of Object.keys(ROLE) as RoleName[]) {
    const paths = new Set([...(keys[name] ?? []), ...COMMON[name]]);
    [...paths].forEach((path, rank) => add(draft, path, ROLE[name], rank));
  }
  return finish(draft);
}

function emptyDraft(): Draft {
  return { roles: new Map(), children: new Map() };
}

/** A path holds both flat (`"log.level": ...`) and nested (`"log": {"level": ...}`). The first role that claims a name keeps it. */
function add(draft: Draft, path: string, role: Role, rank: number): void {
  if (!draft.roles.has(path)) draft.roles.set(path, { role, rank });
  const dot = path.indexOf('.');
  if (dot <= 0) return;
  const head = path.slice(0, dot);
  const child = draft.children.get(head) ?? emptyDraft();
  draft.children.set(head, child);
  add(child, path.slice(dot + 1), role, rank);
}

function finish(draft: Draft): LayoutNode {
  const names = [...new Set([...draft.roles.keys(), ...draft.children.keys()])];
  return {
    keys: createKeyTable(names),
    roles: Int8Array.from(names, (name) => draft.roles.get(name)?.role ?? -1),
    ranks: Int16Array.from(names, (name) => draft.roles.get(name)?.rank ?? 0),
    children: names.map((name) => {
      const child = draft.children.get(name);
      return child === undefined ? null : finish(child);
    }),
  };
}
