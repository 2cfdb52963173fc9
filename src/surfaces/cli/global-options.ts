import { SEVERITIES, type Severity } from '../../core/severities.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../../output/output-formats.ts';
import { durationOf } from './durations.ts';
import { flagOf, type OptionSpec } from '../../runtime/command-line/option-spec.ts';
import { option } from './spec.ts';

/** Options that every command takes, before or after its name. */
export interface GlobalOptions {
  config?: string;
  cwd?: string;
  storePath?: string;
  output?: OutputFormat;
  json?: boolean;
  out?: string;
  failOn?: Severity;
  timeout?: string;
  quiet?: boolean;
  color?: boolean;
  detail?: 'summary' | 'full';
  verbose?: boolean;
}

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  option({
    field: 'config',
    description: 'use this config file instead of looking for one',
    placeholder: 'file',
    completes: 'file',
  }),
  option({
    field: 'storePath',
    description: 'use this store instead of the one the config names',
    placeholder: 'file',
    completes: 'file',
  }),
  option({ field: 'cwd', description: 'run as if started here', placeholder: 'dir', completes: 'directory' }),
  option({
    field: 'output',
    description: 'form of the result on stdout',
    placeholder: 'format',
    choices: OUTPUT_FORMATS,
    defaultText: 'text',
  }),
  option({
    field: 'json',
    kind: 'boolean',
    description: 'short for --output json: one envelope, also on failure',
  }),
  option({
    field: 'out',
    description: 'write the result to a file instead of stdout',
    placeholder: 'file',
    completes: 'file',
  }),
  option({
    field: 'failOn',
    description: 'exit 1 for findings of this severity or worse',
    placeholder: 'severity',
    choices: SEVERITIES,
    defaultText: 'high',
  }),
  option({
    field: 'timeout',
    description: 'give up after this long, such as 30s or 5m',
    placeholder: 'duration',
  }),
  option({
    field: 'detail',
    description: 'how much to show',
    placeholder: 'level',
    choices: ['summary', 'full'],
  }),
  option({ field: 'quiet', kind: 'boolean', description: 'no progress and no notes on stderr' }),
  option({ field: 'verbose', kind: 'boolean', description: 'say more on stderr about what is being done' }),
];

/** --timeout in milliseconds. */
export function timeoutMs(globals: GlobalOptions): number | undefined {
  return durationOf({ values: { timeout: globals.timeout } }, 'timeout');
}

/** The format asked for, in this order: --json, --output, text. */
export function outputFormat(globals: GlobalOptions): OutputFormat {
  return globals.json === true ? 'json' : (globals.output ?? 'text');
}

/** What the raw arguments say before they are parsed in earnest, and even when they cannot be. */
export interface ScannedArguments {
  /** The tool or command; undefined when there is none, or when an option that nobody knows comes first. */
  word?: string;
  config?: string;
  cwd?: string;
  output?: OutputFormat;
}

/** Reads the global options and the first word, without judging anything. */
export function scanArguments(argv: readonly string[]): ScannedArguments {
  const scanned: ScannedArguments = {};
  let wordMayFollow = true;
  for (let index = 0; index < argv.length && argv[index] !== '--'; index += 1) {
    const argument = argv[index] ?? '';
    if (!argument.startsWith('-')) {
      if (wordMayFollow) scanned.word ??= argument;
      continue;
    }
    const [flag = '', inline] = argument.split(/=(.*)/s);
    const spec = GLOBAL_OPTIONS.find((candidate) => flagOf(candidate) === flag);
    if (!spec && !SWITCHES.includes(flag)) wordMayFollow = false;
    if (flag === '--json') scanned.output = 'json';
    if (!spec || spec.kind === 'boolean') continue;
    const value = inline ?? argv[(index += 1)];
    if (spec.field === 'config' && value !== undefined) scanned.config = value;
    if (spec.field === 'cwd' && value !== undefined) scanned.cwd = value;
    const format = OUTPUT_FORMATS.find((candidate) => candidate === value);
    if (spec.field === 'output' && format !== undefined) scanned.output ??= format;
  }
  return scanned;
}

/** Flags of the program itself that take no value. */
const SWITCHES: readonly string[] = ['--color', '--no-color', '--help', '-h', '--version', '-V'];
