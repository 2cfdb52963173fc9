/** One entry of the slow query log of MySQL, MariaDB or Percona Server. */
export interface SlowLogEntry {
  /** Epoch milliseconds; null where the log says it only in a zone that it does not name. */
  atMs: number | null;
  user: string | null;
  /** null: none was chosen, or it was chosen before this part of the log. */
  database: string | null;
  durationMs: number;
  lockMs: number;
  rowsSent: number;
  rowsExamined: number;
  /** null: this server does not write it. */
  rowsAffected: number | null;
  /** Without the semicolon at its end. */
  statement: string;
  /** It was longer than MAX_STATEMENT characters, and the rest is not here. */
  isCut: boolean;
}

/** Takes lines as they come and gives entries as soon as they are whole. Never throws: what it cannot read it counts. */
export interface SlowLogReader {
  push(line: string): SlowLogEntry[];
  /** What the last lines left. */
  end(): SlowLogEntry[];
  /** Lines of banners and headers that were understood, whatever came of them. */
  recognised(): number;
  /** Lines that are no part of any entry, and entries without their figures. */
  unreadable(): number;
  /** `# administrator command: Ping;`, which are no statements. */
  administrator(): number;
}

export const MAX_STATEMENT = 20_000;

/** The server writes its banner at each start and each FLUSH LOGS, in the middle of a file, too. */
const START = /, Version: .+ started with:\s*$/;
const BANNER = /^Tcp port: |^Time\s+Id\s+Command\s+Argument/;
/** An entry begins with either: `# Time:` is written only when the second has changed (MySQL up to 5.6, MariaDB). */
const TIME = /^# Time: (.+)$/;
const USER = /^# User@Host: (.*?)\[/;
const ADMINISTRATOR = /^# administrator command: /;
const USE = /^use (?:`((?:[^`]|``)*)`|([^`;]+));\s*$/i;
/** `SET last_insert_id=3,insert_id=4,timestamp=1795842904;`; a fraction in newer ones. */
const TIMESTAMP = /^SET (?:\w+=\d+,)*timestamp=(\d+(?:\.\d+)?);\s*$/;
const FIGURE = /(\w+): +(-?[\d.]+)(?=\s|$)/g;
const SCHEMA = /(?:^# |\s)Schema: (.*?)\s+(?:QC_hit|Last_errno|Killed):/;

interface Open {
  atMs: number | null;
  user: string | null;
  schema: string | null;
  figures: Map<string, number>;
  lines: string[];
  length: number;
  isCut: boolean;
  /** Its last line ended in a semicolon: the next entry may begin. */
  isEnded: boolean;
}

/**
 * Reads all formats: `# Time: 261128  5:15:04` (MySQL up to 5.6, MariaDB) and `# Time: 2026-11-28T05:15:04.1Z` (MySQL 5.7
 * and newer), one line of figures or several, figures of `log_slow_extra` and of `log_slow_verbosity`. The time is that of
 * `SET timestamp`, which has no zone. Statements hold lines that look like headers: an entry begins only after a line that
 * ended a statement.
 */
export function createSlowLogReader(): SlowLogReader {
  let open: Open | null = null;
  /** Of the last `# Time:` that says its zone. */
  let timeMs: number | null = null;
  /** `use` is written only when the database is another than that of the entry before. */
  let database: string | null = null;
  let recognised = 0;
  let unreadable = 0;
  let administrator = 0;

  function close(): SlowLogEntry[] {
    const entry = open;
    open = null;
    if (entry === null || entry.lines.length === 0) return [];
    const durationMs = milliseconds(entry.figures.get('Query_time'));
    if (durationMs === null) {
      unreadable += 1;
      return [];
    }
    const statement = entry.lines.join('\n').replace(/;\s*$/, '');
    return [
      {
        atMs: entry.atMs ?? timeMs,
        user: entry.user,
        database: entry.schema ?? database,
        durationMs,
        lockMs: milliseconds(entry.figures.get('Lock_time')) ?? 0,
        rowsSent: entry.figures.get('Rows_sent') ?? 0,
        rowsExamined: entry.figures.get('Rows_examined') ?? 0,
        rowsAffected: entry.figures.get('Rows_affected') ?? null,
        statement,
        isCut: entry.isCut,
      },
    ];
  }

  function header(line: string): void {
    recognised += 1;
    open ??= {
      atMs: null,
      user: null,
      schema: null,
      figures: new Map(),
      lines: [],
      length: 0,
      isCut: false,
      isEnded: false,
    };
    const time = TIME.exec(line)?.[1];
    if (time !== undefined) {
      timeMs = zonedTime(time);
      return;
    }
    const user = USER.exec(line)?.[1];
    if (user !== undefined) {
      // Names of users may hold anything, figures included.
      open.user = user.trim() === '' ? null : user.trim();
      return;
    }
    const schema = SCHEMA.exec(line)?.[1]?.trim();
    if (schema !== undefined && schema !== '') open.schema = schema;
    for (const [, name = '', value = ''] of line.matchAll(FIGURE)) {
      if (!open.figures.has(name)) open.figures.set(name, Number(value));
    }
  }

  function body(entry: Open, line: string): void {
    const use = entry.lines.length === 0 ? USE.exec(line) : null;
    if (use !== null) {
      database = use[1]?.replaceAll('``', '`') ?? use[2]?.trim() ?? null;
      return;
    }
    const at = entry.lines.length === 0 ? TIMESTAMP.exec(line)?.[1] : undefined;
    if (at !== undefined) {
      entry.atMs = Number(at) * 1_000;
      return;
    }
    entry.isEnded = line.trimEnd().endsWith(';');
    const room = MAX_STATEMENT - entry.length;
    if (line.length > room) entry.isCut = true;
    if (room <= 0) return;
    entry.lines.push(line.slice(0, room));
    entry.length += line.length + 1;
  }

  return {
    push(line) {
      const isBetween = open === null || open.isEnded;
      // A server that crashed has not ended its last entry.
      if (START.test(line) || (isBetween && BANNER.test(line))) {
        recognised += 1;
        return close();
      }
      if (open !== null && !open.isEnded && open.lines.length === 0 && ADMINISTRATOR.test(line)) {
        administrator += 1;
        open = null;
        return [];
      }
      if (isBetween && (TIME.test(line) || USER.test(line))) {
        const whole = close();
        header(line);
        return whole;
      }
      if (open === null) {
        // An administrator command stands alone where its headers were not written.
        if (line.trim() !== '' && !ADMINISTRATOR.test(line)) unreadable += 1;
        return [];
      }
      if (open.lines.length === 0 && open.atMs === null && line.startsWith('#')) header(line);
      else body(open, line);
      return [];
    },
    end: close,
    recognised: () => recognised,
    unreadable: () => unreadable,
    administrator: () => administrator,
  };
}

function milliseconds(seconds: number | undefined): number | null {
  return seconds === undefined || !(seconds >= 0) ? null : seconds * 1_000;
}

/** null for `261128  5:15:04`, which is in the zone of the server. */
function zonedTime(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(text.trim())) return null;
  const atMs = Date.parse(text.trim());
  return Number.isNaN(atMs) ? null : atMs;
}
