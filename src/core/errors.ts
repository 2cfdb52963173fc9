import type { ExitCode, ReportError } from './report.ts';

interface ErrorKind {
  message: string;
  hint?: string;
  exitCode: ExitCode;
}

/**
 * Every error Rearguard raises on purpose, in one table. `{name}` is filled from the details.
 * Exit code 2: the user can correct the call or the config; 3: the world did not let us measure.
 */
const TABLE = {
  E_USAGE: { message: '{message}', hint: '{hint}', exitCode: 2 },
  E_CONFIG_NOT_FOUND: {
    message: 'No Rearguard config in {directory} or above.',
    hint: '`rearguard init` makes one from what it finds in this repository; `rearguard demo` shows a backend with planted faults.',
    exitCode: 2,
  },
  E_CONFIG_UNREADABLE: {
    message: 'Cannot read {path}: {reason}.',
    hint: 'Check that the file exists, may be read and, where it is code, runs.',
    exitCode: 2,
  },
  E_CONFIG_SYNTAX: {
    message: '{path}{position}: {reason}',
    hint: 'The file is not valid {format}.',
    exitCode: 2,
  },
  E_CONFIG_INVALID: {
    message: '{path}: {problems}',
    hint: '`rearguard schema config` prints what is allowed.',
    exitCode: 2,
  },
  E_SECRET_LITERAL: {
    message: '{path}: {settings} must not hold a secret as plain text.',
    hint: 'Refer to it: {example}.',
    exitCode: 2,
  },
  E_SECRET_MISSING: {
    message: 'The secret {reference}, which {setting} refers to, is not there.',
    hint: 'Set it for this process; Rearguard never stores secrets.',
    exitCode: 2,
  },
  E_TARGET_INVALID: {
    message: 'The value that {setting} refers to is not {expected}.',
    hint: 'Correct the variable or the file; its value is not shown here because it may be a secret.',
    exitCode: 2,
  },
  E_TARGET_REFUSED: {
    message: 'Refused to send traffic to {host}: it is neither loopback nor listed in the config.',
    hint: 'Add it under `targets`, or to `allowHosts`, if it is yours.',
    exitCode: 2,
  },
  E_WORKSPACE_MISSING: {
    message: 'There is no workspace in {folder}.',
    hint: '`rearguard init` makes one.',
    exitCode: 2,
  },
  E_WORKSPACE_MARKERS: {
    message: '{path}:{line}: {reason}; nothing was written.',
    hint: 'Mend the marker, or delete the whole region and run `rearguard workspace refresh`.',
    exitCode: 2,
  },
  E_WORKSPACE_BUSY: {
    message: 'Another process (id {pid}) is writing the workspace in {folder} and does not end.',
    hint: 'Wait for it, or end it; if it is gone, delete {path}.',
    exitCode: 3,
  },
  E_KNOWLEDGE_INVALID: {
    message: '{path}: {problems}',
    hint: '`rearguard knowledge check` lists what every entry needs.',
    exitCode: 2,
  },
  E_KNOWLEDGE_UNKNOWN: {
    message: 'No knowledge entry {id}.{nearest}',
    hint: '`rearguard knowledge search` finds them.',
    exitCode: 2,
  },
  E_SESSION_OPEN: {
    message: 'The session {id} is still open.',
    hint: 'End it with `rearguard session end` first.',
    exitCode: 2,
  },
  E_SESSION_NONE: {
    message: 'No session is open.',
    hint: 'Begin one with `rearguard session start "what you are about to do"`.',
    exitCode: 2,
  },
  E_TOOL_NOT_BUILT: {
    message: '{tool} is not part of this version of Rearguard, so nothing was checked.',
    hint: '`rearguard tools` lists what is.',
    exitCode: 3,
  },
  E_TOOL_CUT_OFF: {
    message: '{tool} was cut off: {reason}.',
    hint: 'It is code of your own: {origin}.',
    exitCode: 3,
  },
  E_WORKFLOW_UNKNOWN: {
    message: 'There is no workflow {name}.{nearest}',
    hint: '`rearguard run` lists them.',
    exitCode: 2,
  },
  E_RUN_UNKNOWN: {
    message: 'No run {runId} in the store.',
    hint: 'Reports are kept for `store.retention.runs`; the id is in the answer that began the run.',
    exitCode: 2,
  },
  E_RUN_LOST: {
    message: 'The process of run {runId} ended without a word.',
    hint: 'It was killed, or ran out of memory. Run it again.',
    exitCode: 3,
  },
  E_PATCH_REFUSED: {
    message: 'The patch of {id} was not applied: {reason}.',
    hint: '{hint}',
    exitCode: 2,
  },
  E_FINDING_UNKNOWN: {
    message: 'No finding {id} in the store.{nearest}',
    hint: '`rearguard findings list` shows them.',
    exitCode: 2,
  },
  E_BASELINE_UNKNOWN: {
    message: 'No baseline named {name}.',
    hint: 'Make one with `rearguard api-health-monitor baseline --save {name}`.',
    exitCode: 2,
  },
  E_WINDOW_UNKNOWN: {
    message: 'There is no {what} {id}.{nearest}',
    hint: '`{list}` shows them.',
    exitCode: 2,
  },
  E_NOTHING_TO_CHECK: { message: '{message}', hint: '{hint}', exitCode: 3 },
  E_STORE_FULL: {
    message: 'The store {path} cannot be written: the disk is full.',
    hint: 'Free some space, or point `store.path` (REARGUARD_STORE_PATH) at another disk. Nothing stored before was lost.',
    exitCode: 3,
  },
  E_STORE_READONLY: {
    message: 'The store {path} cannot be written: {reason}.',
    hint: 'Check the permissions of its folder.',
    exitCode: 3,
  },
  E_STORE_BUSY: {
    message: 'The store {path} has been locked by another process for {seconds} s.',
    hint: 'See what holds it (`fuser` or `lsof` on the file), then try again.',
    exitCode: 3,
  },
  E_STORE_IO: {
    message: 'The disk under the store {path} failed: {reason}.',
    hint: 'Check the disk, or point `store.path` (REARGUARD_STORE_PATH) at another one.',
    exitCode: 3,
  },
  E_STORE_CORRUPT: {
    message: 'The store {path} cannot be read: {reason}.',
    hint: 'Move it away; the next run starts a new one.',
    exitCode: 3,
  },
  E_STORE_NEWER: {
    message: 'The store {path} was written by a newer Rearguard (schema {found}, this one knows {known}).',
    hint: 'Update Rearguard, or point `store.path` elsewhere.',
    exitCode: 3,
  },
  E_FILE_UNREADABLE: {
    message: 'Cannot read {path}: {reason}.',
    hint: 'Check that the file exists and may be read.',
    exitCode: 2,
  },
  E_FILE_TOO_LARGE: {
    message: '{path} has {size}, more than the {limit} Rearguard reads of such a file.',
    hint: 'Check that it is the file you mean.',
    exitCode: 2,
  },
  E_PROGRAM_NOT_RUN: {
    message: 'Cannot run {program}: {reason}.',
    hint: 'Check that it is installed and in the PATH.',
    exitCode: 3,
  },
  E_OUTPUT_WRITE: {
    message: 'Cannot write {path}: {reason}.',
    hint: 'Check the folder, its permissions and the free space.',
    exitCode: 3,
  },
  E_UNREACHABLE: { message: 'Cannot reach {what}: {reason}.', hint: '{hint}', exitCode: 3 },
  E_NO_CONNECTION_LEFT: {
    message: '{what} has no connection left for us: {reason}.',
    hint: 'End some sessions. `rearguard serve` keeps a connection and sees on; PostgreSQL 16 and newer can keep some for us: reserved_connections = 3, and GRANT pg_use_reserved_connections TO the role.',
    exitCode: 3,
  },
  E_NOT_DELIVERED: {
    message: 'The notifier {notifier} did not deliver. {reason}',
    hint: '{hint}',
    exitCode: 3,
  },
  E_SQL_REFUSED: {
    message: 'The database session refused a query: {reason}.',
    hint: 'The session can only read; the role also needs the right to read what the query names.',
    exitCode: 3,
  },
  E_SQL_SYNTAX: {
    message: 'The SQL cannot be read: {reason}.',
    hint: 'It is read by the grammar of PostgreSQL; `?`, `:name` and `%s` may stand for values.',
    exitCode: 2,
  },
  E_SQL_UNSAFE: {
    message: 'The SQL is not run: {reason}.',
    hint: 'One SELECT or VALUES that only reads is accepted, without locks and without functions that change something.',
    exitCode: 2,
  },
  E_TIMEOUT: { message: '{what} took longer than {limit}.', hint: 'Raise it with --timeout.', exitCode: 3 },
  E_INTERRUPTED: { message: 'Interrupted.', exitCode: 130 },
  E_CONFIRMATION: { message: '{message}', hint: '{hint}', exitCode: 4 },
  E_NOT_THERE: { message: 'There is no {what}.{more}', exitCode: 2 },
  E_SERVE_RUNNING: {
    message: 'Another `rearguard serve` watches with the store {path}{who}{where}.',
    hint: 'One daemon for one store: stop that one, or give this one its own `store.path`.',
    exitCode: 2,
  },
  E_LISTEN: { message: 'Cannot listen on {address}: {reason}.', hint: '{hint}', exitCode: 2 },
  E_DEMO_PACKAGES: {
    message: 'The demo needs packages that are not installed: {packages}.',
    hint: 'Install them once: npm install --no-save {packages}',
    exitCode: 2,
  },
  E_DEMO_POSTGRES: {
    message: 'The demo database did not start: {reason}.',
    hint: 'Point DEMO_DATABASE_URL at a PostgreSQL of your own.',
    exitCode: 3,
  },
  E_POSTGRES_MISSING: {
    message: 'A PostgreSQL {major} for a sandbox is not installed.',
    hint: 'Install it once: {command}',
    exitCode: 3,
  },
  E_SANDBOX: { message: 'The sandbox failed: {reason}.', hint: '{hint}', exitCode: 3 },
  E_LOAD_LIMIT: {
    message: 'The plan asks for {asked}, more than the ceiling of {limit}.',
    hint: 'Ceilings are in the config under tools.load-tester.limits; raise them on purpose, or ask for less.',
    exitCode: 2,
  },
  E_SCENARIO_INVALID: {
    message: '{path}: {problems}',
    hint: '`rearguard schema load-scenario` prints what is allowed.',
    exitCode: 2,
  },
  E_IMPORT: {
    message: 'Nothing to make load of in {path}: {reason}.',
    hint: '{hint}',
    exitCode: 2,
  },
  E_BASELINE_OTHER_PLAN: {
    message: 'The baseline {name} was measured with another plan ({theirs}, this one is {ours}).',
    hint: 'Measure a new one with the same scenario, rate, duration and seed; figures of different plans say nothing about each other.',
    exitCode: 2,
  },
  E_PLUGIN_INVALID: {
    message: 'The tool from {origin} cannot be used: {reason}.',
    hint: 'Mend it: `rearguard tool test` looks at it again. Everything else goes on without it.',
    exitCode: 2,
  },
  E_BUILD_MISSING: {
    message: 'The compiled file {path} is not there.',
    hint: 'Run `npm run build` once.',
    exitCode: 2,
  },
  E_INTERNAL: {
    message: 'Rearguard failed: {message}',
    hint: 'This is a defect. REARGUARD_DEBUG=1 prints the stack.',
    exitCode: 3,
  },
  E_GROUPING_INVALID: {
    message: '{path}: {problems}',
    hint: 'A rule reads `match: { type: PaymentError }` with `key`, `title` or both; matched are type, message, path, function, module, logger and level, with `*`.',
    exitCode: 2,
  },
  E_FILTER: {
    message: 'The filter cannot be read {where}: {reason}.',
    hint: 'A filter reads: level>=error host~web-* "connection refused" not user=bot',
    exitCode: 2,
  },
  E_LOG_FORMAT: {
    message: "There is no log format '{format}'.",
    hint: 'Known are: {names}. Without --format it is found from the lines.',
    exitCode: 2,
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof TABLE;

/** An error whose message is meant for the user; it never prints a stack. */
export class RearguardError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(
    code: ErrorCode,
    details: Readonly<Record<string, string | number>> = {},
    options?: ErrorOptions,
  ) {
    const kind: ErrorKind = TABLE[code];
    super(fill(kind.message, details), options);
    this.name = 'RearguardError';
    this.code = code;
    this.hint = (kind.hint === undefined ? '' : fill(kind.hint, details)) || undefined;
    this.exitCode = kind.exitCode;
  }

  toReportError(): ReportError {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
    };
  }
}

/** Any thrown value as a coded error; what we did not expect becomes E_INTERNAL with its cause kept. */
export function toRearguardError(thrown: unknown): RearguardError {
  if (thrown instanceof RearguardError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new RearguardError('E_INTERNAL', { message }, { cause: thrown });
}

/** The first line of whatever was thrown, for a `reason`. */
export function reasonOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return message.split('\n', 1)[0] ?? message;
}

function fill(template: string, details: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? ''));
}

export function errorCodes(): { code: ErrorCode; message: string; hint?: string; exitCode: ExitCode }[] {
  return (Object.keys(TABLE) as ErrorCode[]).map((code) => ({ code, ...(TABLE[code] as ErrorKind) }));
}
