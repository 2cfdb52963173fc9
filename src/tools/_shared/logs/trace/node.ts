import { headlineOf } from './headline.ts';
import type { StackFrame } from './types.ts';
import {
  frameAt,
  indentOf,
  type OpenException,
  openException,
  type TraceParser,
  type TraceParts,
} from './trace-lines.ts';

/** `at async OrderService.place [as run] (/app/src/orders.js:12:5)`, also with what `util.inspect` puts behind the last frame. */
const CALL = /^\s*at (?:async )?(.+?) \((.*)\)(?: \{|,)?$/u;
const BARE =
  /^\s*at (?:async )?((?:file:\/\/|node:|[A-Za-z]:[\\/]|[./<]|\w+:\/\/)?[^()]*?):(\d+):(\d+)(?: \{|,)?$/u;
const PLACE = /^(.*?):(\d+)(?::(\d+))?$/u;
/** Places that V8 prints without line and column. */
const PLACELESS = /^(?:native|<anonymous>|index \d+)$/u;
const ANONYMOUS = /^\s*at (?:async )?(?:(?:Promise\.\w+ \(index \d+\))|<anonymous>)(?: \{|,)?$/u;
/** `[cause]: Error: ...` of `util.inspect`; `caused by:` of pino and VError. */
const CAUSE = /^\s*(?:\[cause\]|caused by|Caused by): (.*)$/u;
/** The end of an object: the lines before were its properties. */
const CLOSING = /^\s*[}\]]+,?$/u;
const ERRORS = /^\s*\[errors\]: \[/u;

/** V8: Node, Deno, Chrome. */
export const nodeTrace: TraceParser = {
  runtime: 'node',
  isFrame: (line) => frameOf(line) !== null,
  parse: parseNode,
};

function parseNode(lines: readonly string[]): TraceParts | null {
  const first = lines.findIndex((line) => frameOf(line) !== null);
  if (first === -1) return null;
  const { type, message } = headlineOf(lines.slice(0, first));
  let current: OpenException = openException(type, message);
  const chain = [current];
  const suppressed: OpenException[] = [];
  /** Indentation of `[errors]`, while within it. */
  let errorsIndent = -1;
  /** Lines since the last frame: of a nested exception they are its headline. */
  let pending: string[] = [];
  for (const line of lines.slice(first)) {
    const frame = frameOf(line);
    if (frame !== null) {
      if (pending.length > 0) {
        const nested = nestedException(pending, errorsIndent);
        if (nested !== null) {
          current = nested.exception;
          (nested.isCause ? chain : suppressed).push(current);
        }
        pending = [];
      }
      current.frames.push(frame);
      continue;
    }
    if (ERRORS.test(line)) {
      errorsIndent = indentOf(line);
      pending = [];
    } else if (errorsIndent >= 0 && indentOf(line) <= errorsIndent && line.trim().startsWith(']')) {
      errorsIndent = -1;
    } else if (CLOSING.test(line)) pending = [];
    else pending.push(line);
  }
  return { chain, suppressed };
}

function nestedException(
  lines: readonly string[],
  errorsIndent: number,
): { exception: OpenException; isCause: boolean } | null {
  const at = lines.findLastIndex((line) => CAUSE.test(line));
  if (at !== -1) {
    const { type, message } = headlineOf([CAUSE.exec(lines[at]!)![1]!, ...lines.slice(at + 1)]);
    return { exception: openException(type, message), isCause: errorsIndent === -1 };
  }
  if (errorsIndent === -1) return null;
  const { type, message } = headlineOf(lines);
  return type === '' ? null : { exception: openException(type, message), isCause: false };
}

function frameOf(line: string): StackFrame | null {
  if (!line.trimStart().startsWith('at ')) return null;
  const [, name, place] = CALL.exec(line) ?? [];
  if (name !== undefined && place !== undefined) {
    // Code in `eval`: `eval at build (/app/a.js:3:1), <anonymous>:1:7` was written where eval was called.
    const written = /^eval at .*\((.*?:\d+:\d+)\)/u.exec(place)?.[1] ?? place;
    if (PLACELESS.test(written)) return frameAt(name, null, written);
    const [, file, at, column] = PLACE.exec(written) ?? [];
    // Java's frames have no column, those of .NET no place in brackets at all.
    if (file === undefined || column === undefined) return null;
    return frameAt(name, null, pathOf(file), at, column);
  }
  const [, file, at, column] = BARE.exec(line) ?? [];
  if (file !== undefined) return frameAt('<anonymous>', null, pathOf(file), at, column);
  return ANONYMOUS.test(line) ? frameAt('<anonymous>', null, '<anonymous>') : null;
}

function pathOf(file: string): string {
  return file.startsWith('file://') ? file.slice('file://'.length) : file;
}
