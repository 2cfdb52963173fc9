import { headlineOf } from './headline.ts';
import {
  frameAt,
  type OpenException,
  openException,
  type TraceParser,
  type TraceParts,
} from './trace-lines.ts';
import type { StackFrame } from './types.ts';

/** `at Shop.Orders.<PlaceAsync>d__5.MoveNext() in /src/Orders.cs:line 12`. Namespaces make the dot before the method certain. */
const FRAME = /^\s*at (?!async )([^\s(][^(]*)\(([^()]*(?:\([^()]*\)[^()]*)*)\)(?: in (.*?):line (\d+))?$/u;
/** `Shop.Orders+Line..ctor`, `Shop.Cart.<Add>b__0`, `System.Linq.Enumerable.ToList[TSource]`. */
const METHOD = /^(.+?)\.(\.c?ctor|[^.[]+(?:\[.*\])?)$/u;
const INNER = /^\s*--->\s?(?:\(Inner Exception #(\d+)\) )?(.*)$/u;
const END_INNER = /^\s*--- End of inner exception stack trace ---/u;
const UNHANDLED = /^.*?Unhandled [Ee]xception[.:] /u;
/** The end of a member of an AggregateException. */
const MEMBER_END = /<---$/u;
/** Places of the JVM, which otherwise look alike. */
const JVM_PLACE =
  /^(?:[\w$-]+\.(?:java|kt|scala|groovy|clj)(?::-?\d+)?|Native Method|Unknown Source|<generated>)$/u;

/** .NET and .NET Framework. */
export const dotnetTrace: TraceParser = {
  runtime: 'dotnet',
  isFrame: (line) => frameOf(line) !== null || END_INNER.test(line),
  isHeadline: (line) => UNHANDLED.test(line),
  parse: parseDotnet,
};

/** The headlines of all come first, outermost first; then the frames, innermost first, each part with its end. */
function parseDotnet(lines: readonly string[]): TraceParts | null {
  const chain: OpenException[] = [];
  const suppressed: OpenException[] = [];
  const open: OpenException[] = [];
  let pending: string[] = [];
  const begin = (headline: readonly string[], into: OpenException[]): void => {
    const { type, message } = headlineOf(headline);
    const exception = openException(type, message);
    into.push(exception);
    open.push(exception);
  };
  const flush = (): void => {
    if (pending.length > 0) {
      const member = INNER.exec(pending[0]!)?.[1];
      const words = pending.map((line) => line.replace(UNHANDLED, '').replace(INNER, '$2'));
      // Number 0 of an AggregateException is its inner exception, and printed a second time.
      if (chain.length === 0 || member === undefined) begin(words, chain);
      else begin(words, suppressed);
    }
    pending = [];
  };
  let isHeadline = true;
  for (const whole of lines) {
    const line = whole.replace(MEMBER_END, '');
    const frame = frameOf(line);
    if (INNER.test(line)) {
      flush();
      // ` ---> ` on the headline's own line, as one-line loggers write it, is not looked for.
      pending = [line];
      isHeadline = true;
    } else if (frame !== null) {
      flush();
      isHeadline = false;
      open.at(-1)?.frames.push(frame);
    } else if (END_INNER.test(line)) {
      flush();
      if (open.length > 1) open.pop();
    } else if (isHeadline) pending.push(line);
  }
  flush();
  return chain.length === 0 ? null : { chain, suppressed: distinctFrom(chain, suppressed) };
}

function distinctFrom(
  chain: readonly OpenException[],
  suppressed: readonly OpenException[],
): OpenException[] {
  return suppressed.filter(({ type, message }) =>
    chain.every((exception) => exception.type !== type || exception.message !== message),
  );
}

function frameOf(line: string): StackFrame | null {
  if (!line.trimStart().startsWith('at ')) return null;
  const [, name, parameters, file, at] = FRAME.exec(line) ?? [];
  // V8 puts a space before its place; a method of .NET has none before its parameters.
  if (name === undefined || name.endsWith(' ') || JVM_PLACE.test(parameters!)) return null;
  const [, type, method] = METHOD.exec(name) ?? [];
  return frameAt(method ?? name, type ?? null, file ?? null, at);
}
