import { headlineOf } from './headline.ts';
import {
  frameAt,
  type OpenException,
  openException,
  type TraceParser,
  type TraceParts,
} from './trace-lines.ts';
import type { StackFrame } from './types.ts';

/** `from /app/order.rb:12:in 'Order#place'`, ``	3: from order.rb:12:in `place'``, or the place alone. */
const FRAME =
  /^\s*(?:\d+: )?(?:from )?((?:[A-Za-z]:)?[^\s:][^:]*?(?:\.(?:rb|erb|ru|rake|haml|slim|jbuilder)|<internal:[^>]*>|\/(?:bin|exe)\/[\w-]+|-e|\(irb\)|\(eval[^)]*\))):(\d+)(?::in [`'](.*)')?$/u;
/** `order.rb:12:in 'place': message (OrderError)`; the message may go on below, then the type ends its first line. */
const HEADLINE =
  /^(?:.*?\s)?((?:[A-Za-z]:)?[^\s:]+\.(?:rb|erb|ru|rake)):(\d+):in [`'](.*?)': (?:(.*) )?\(((?:[A-Z]\w*::)*[A-Z]\w*)\)$/u;
/** Rails: `OrderError (message):`. */
const RAILS = /^(?:.*?\s)?((?:[A-Z]\w*::)*[A-Z]\w*) \((.*)\):?$/u;
const REVERSED = /^\s*Traceback \(most recent call last\):$/u;

export const rubyTrace: TraceParser = {
  runtime: 'ruby',
  isFrame: (line) => isPlace(line) && (FRAME.test(line) || HEADLINE.test(line)),
  parse: parseRuby,
};

function parseRuby(lines: readonly string[]): TraceParts | null {
  const chain: OpenException[] = [];
  let before: string[] = [];
  /** Of a trace with the newest call last, until its headline. */
  let reversed: StackFrame[] | null = null;
  let current: OpenException | null = null;
  for (const line of lines) {
    if (REVERSED.test(line)) {
      reversed = [];
      continue;
    }
    const headline = HEADLINE.exec(line);
    const frame = headline === null ? frameOf(line) : null;
    if (headline !== null) {
      const [, file, at, method, message = '', type] = headline;
      current = openException(type!, message.trim());
      current.frames.push(frameAt(method!, null, file!, at), ...(reversed ?? []));
      chain.push(current);
      reversed = null;
      before = [];
    } else if (frame === null) {
      // Of a cause printed as `Caused by:` or by a logger, its headline.
      before.push(line);
    } else if (reversed !== null) reversed.unshift(frame);
    else {
      if (current === null || before.some(isHeadline)) {
        current = withHeadline(before);
        chain.push(current);
      }
      before = [];
      current.frames.push(frame);
    }
  }
  return chain.length === 0 ? null : { chain, suppressed: [] };
}

/** Cheap, for lines that are of another runtime. */
function isPlace(line: string): boolean {
  return line.includes(':in ') || line.includes('.rb:') || line.includes('.erb:');
}

function isHeadline(line: string): boolean {
  return RAILS.test(line) || headlineOf([line]).type !== '';
}

function withHeadline(lines: readonly string[]): OpenException {
  const rails = lines.findLast((line) => RAILS.test(line));
  if (rails !== undefined) {
    const [, type = '', message = ''] = RAILS.exec(rails) ?? [];
    return openException(type, message);
  }
  const { type, message } = headlineOf(
    lines.map((line) => line.replace(/^\s*(?:Causes:|Caused by:) ?/u, '')),
  );
  return openException(type, message);
}

function frameOf(line: string): StackFrame | null {
  const [, file, at, method = ''] = FRAME.exec(line) ?? [];
  return file === undefined ? null : frameAt(method, null, file, at);
}
