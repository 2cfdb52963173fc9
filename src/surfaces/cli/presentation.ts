import type { OutputFormat } from '../../output/output-formats.ts';
import { type GlobalOptions, outputFormat } from './global-options.ts';
import type { CliIo } from './spec.ts';

/** Who reads: it changes how things are shown, never what is done or how it ends. */
export type Mode = 'human' | 'ci' | 'agent';

export interface Presentation {
  format: OutputFormat;
  mode: Mode;
  /** For stdout. */
  colors: boolean;
  /** For stderr. */
  errorColors: boolean;
  /** Columns to fill. */
  width: number;
  /** A person watches stdout: a live command may draw a screen. */
  screen: boolean;
  /** A person watches stderr: progress may be drawn. */
  progress: boolean;
  quiet: boolean;
  verbose: boolean;
}

type Environment = CliIo['env'];

export function presentationOf(
  globals: GlobalOptions,
  io: Pick<CliIo, 'env' | 'stdout' | 'stderr'>,
): Presentation {
  const mode = modeOf(io.env);
  const format = outputFormat(globals);
  const watched = mode === 'human' && globals.quiet !== true && io.env['TERM'] !== 'dumb';
  return {
    format,
    mode,
    colors:
      format === 'text' && globals.out === undefined && wantsColors(globals, io.env, io.stdout.isTTY, mode),
    errorColors: wantsColors(globals, io.env, io.stderr.isTTY, mode),
    width: Math.max(40, io.stdout.isTTY ? io.stdout.columns : widthOf(io.env['COLUMNS'])),
    screen: mode === 'human' && format === 'text' && io.stdout.isTTY && io.env['TERM'] !== 'dumb',
    progress: watched && io.stderr.isTTY,
    quiet: globals.quiet === true,
    verbose: globals.verbose === true,
  };
}

/** REARGUARD_MODE decides; else an agent says so by AI_AGENT or AGENT, and a build server by CI. */
export function modeOf(env: Environment): Mode {
  const asked = env['REARGUARD_MODE'];
  if (asked === 'human' || asked === 'ci' || asked === 'agent') return asked;
  if (isSet(env['AI_AGENT']) || isSet(env['AGENT'])) return 'agent';
  return isSet(env['CI']) ? 'ci' : 'human';
}

/** --color and --no-color, then FORCE_COLOR, then NO_COLOR, then whether somebody looks. */
export function wantsColors(
  globals: Pick<GlobalOptions, 'color'>,
  env: Environment,
  isTty: boolean | undefined,
  mode: Mode,
): boolean {
  if (globals.color !== undefined) return globals.color;
  if (env['FORCE_COLOR'] !== undefined) return isSet(env['FORCE_COLOR']);
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  return isTty === true && env['TERM'] !== 'dumb' && mode !== 'agent';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

function widthOf(columns: string | undefined): number {
  const width = Number(columns);
  return Number.isInteger(width) && width > 0 ? width : 100;
}
