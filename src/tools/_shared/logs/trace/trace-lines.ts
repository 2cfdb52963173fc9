import type { ParsedTrace, Runtime, StackFrame, ThrownException } from './types.ts';

/** Of a text, this much is read; a reader caps records at the same size. */
const MAX_CHARACTERS = 256 * 1024;
const MAX_LINES = 4000;
/** No frame is longer, apart from arguments that nobody needs. It bounds what a pattern can cost. */
const MAX_LINE_CHARACTERS = 2000;
/** Of one exception, newest first: recursion repeats itself below. */
const MAX_FRAMES = 200;
const MAX_EXCEPTIONS = 32;

/** How one runtime prints what was thrown. */
export interface TraceParser {
  runtime: Runtime;
  /** Whether a line is one of its frames. Exact in form, because all runtimes are asked for every line. */
  isFrame(line: string): boolean;
  /** A line that tells the runtime even where no frame follows. */
  isHeadline?(line: string): boolean;
  /** Null when there is nothing of it in the lines after all. */
  parse(lines: readonly string[]): TraceParts | null;
}

export interface TraceParts {
  chain: ThrownException[];
  suppressed: ThrownException[];
}

/**
 * Lines of a text, without line ends and blanks behind them. Of one that is too long both ends are kept: most runtimes print the newest call first, Python
 * prints it last, and what was thrown below it.
 */
export function traceLines(text: string): { lines: string[]; cut: boolean } {
  const half = MAX_CHARACTERS / 2;
  const isLong = text.length > MAX_CHARACTERS;
  const kept = isLong ? `${text.slice(0, half)}\n${text.slice(-half)}` : text;
  let lines = kept.split('\n');
  const isHigh = lines.length > MAX_LINES;
  if (isHigh) lines = [...lines.slice(0, MAX_LINES / 2), ...lines.slice(-MAX_LINES / 2)];
  return {
    lines: lines.map((line) => line.slice(0, MAX_LINE_CHARACTERS).trimEnd()),
    cut: isLong || isHigh,
  };
}

/** An exception while its lines are still being read. */
export interface OpenException {
  type: string;
  message: string;
  frames: StackFrame[];
  elidedFrames: number;
}

export function openException(type: string, message: string): OpenException {
  return { type, message, frames: [], elidedFrames: 0 };
}

export function frameAt(
  name: string,
  module: string | null,
  file: string | null,
  line?: string,
  column?: string,
): StackFrame {
  return { function: name, module, file, line: numberOf(line), column: numberOf(column) };
}

function numberOf(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}

export function cappedTrace(runtime: Runtime, parts: TraceParts, cutBefore: boolean): ParsedTrace {
  let cut = cutBefore;
  const capped = (exceptions: readonly ThrownException[]): ThrownException[] => {
    if (exceptions.length > MAX_EXCEPTIONS) cut = true;
    // The root cause is last, and it matters most.
    const kept =
      exceptions.length > MAX_EXCEPTIONS
        ? [...exceptions.slice(0, MAX_EXCEPTIONS - 1), exceptions.at(-1)!]
        : exceptions;
    return kept.map((exception) => {
      if (exception.frames.length <= MAX_FRAMES) return exception;
      cut = true;
      return { ...exception, frames: exception.frames.slice(0, MAX_FRAMES) };
    });
  };
  const chain = capped(parts.chain);
  const suppressed = capped(parts.suppressed);
  return { runtime, chain, suppressed, cut };
}

export function indentOf(line: string): number {
  let width = 0;
  while (line.charCodeAt(width) === 32 || line.charCodeAt(width) === 9) width += 1;
  return width;
}
