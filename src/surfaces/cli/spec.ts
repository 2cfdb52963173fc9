import type { Rule } from '../../core/finding.ts';
import type { ExitCode, Report } from '../../core/report.ts';
import type { GlobalOptions } from './global-options.ts';
import { kebabCase, type OptionSpec } from '../../runtime/command-line/option-spec.ts';
import type { Presentation } from './presentation.ts';

/** One command line command, whoever owns it. Help, completion and docs are made from this alone. */
export interface CommandSpec {
  /** Words after `rearguard`: `['findings', 'list']`. */
  path: readonly string[];
  summary: string;
  options: readonly OptionSpec[];
  examples: readonly { line: string; does: string }[];
  /** Said in help when the command makes traffic or writes. */
  effect?: 'read' | 'traffic' | 'write';
  /** Runs when its parent is called without a command. */
  isDefault?: boolean;
  run(invocation: Invocation): Promise<CommandResult>;
}

/** The process around a command. */
export interface CliIo {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
}

/** One call of a command, parsed. */
export interface Invocation {
  /** Values by field; what was not given is absent. */
  values: Readonly<Record<string, unknown>>;
  globals: GlobalOptions;
  presentation: Presentation;
  io: CliIo;
  /** --timeout. */
  timeoutMs: number | undefined;
  /** Aborted by the first Ctrl-C. */
  signal: AbortSignal;
}

export interface CommandResult {
  report: Report;
  exitCode: ExitCode;
  /** The catalogue behind the findings, for formats that carry it. */
  rules?: readonly Rule[];
  /** Shown in place of the report where the format is text: a schema, a completion script. */
  text?: string;
  /** Nothing was judged: as text, the sections and the summary are enough, without a verdict. */
  plain?: boolean;
  /** A live command has written its changes to stdout as they came; the report follows them. */
  shown?: 'changes';
  /** Called when the result is out; the process stays up until it resolves. */
  stay?: () => Promise<void>;
  /** Called last, whatever happened. */
  release?: () => Promise<void>;
}

/** An option of our own commands; the rare fields have the usual values. */
export function option(spec: Pick<OptionSpec, 'field' | 'description'> & Partial<OptionSpec>): OptionSpec {
  return {
    kind: 'string',
    placeholder: kebabCase(spec.field),
    required: false,
    positional: false,
    valueOptional: false,
    onByDefault: false,
    ...spec,
  };
}

/** `--limit` of the commands that list. */
export function limitOption(defaultText: string): OptionSpec {
  return option({
    field: 'limit',
    kind: 'integer',
    description: 'at most so many',
    placeholder: 'n',
    defaultText,
  });
}
