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

/**
 * `at app//com.shop.Orders.lambda$place$0(Orders.java:12) ~[shop.jar:1.2]`. Before the class may stand a class loader and a module with its version.
 */
const FRAME =
  /^\s*at (?:[^\s(]*\/)?([^\s(/]+)\.([^\s(/.]+)\(([\w$-]+\.(?:java|kt|kts|scala|groovy|clj|gradle)(?::(-?\d+))?|Native Method|Unknown Source|<generated>|SourceFile(?::\d+)?)\)(?: ~?\[.*\])?$/u;
const CAUSED = /^\s*(?:Caused by|Wrapped by): (.*)$/u;
const SUPPRESSED = /^\s*Suppressed: (.*)$/u;
const ELIDED = /^\s*\.\.\. (\d+) (?:more|common frames omitted)/u;
const THREAD = /^.*?Exception in thread "[^"]*" /u;

/** The JVM: Java, Kotlin, Scala, Groovy. */
export const javaTrace: TraceParser = {
  runtime: 'java',
  isFrame: (line) => frameOf(line) !== null || ELIDED.test(line),
  isHeadline: (line) => THREAD.test(line),
  parse: parseJava,
};

function parseJava(lines: readonly string[]): TraceParts | null {
  const first = lines.findIndex((line) => javaTrace.isFrame(line) || isNested(line));
  const head = headlineOf(
    (first === -1 ? lines.slice(0, 1) : lines.slice(0, first)).map((line) => line.replace(THREAD, '')),
  );
  let current: OpenException = openException(head.type, head.message);
  const chain = [current];
  const suppressed: OpenException[] = [];
  let wrapped = false;
  /** A suppressed exception and its own causes are indented deeper than this. */
  let suppressedIndent = -1;
  for (const [index, line] of lines.entries()) {
    if (index < first || first === -1) continue;
    const nested = CAUSED.exec(line)?.[1] ?? SUPPRESSED.exec(line)?.[1];
    if (nested !== undefined) {
      const indent = indentOf(line);
      const isSuppressed =
        SUPPRESSED.test(line) || (suppressedIndent >= 0 && indent >= suppressedIndent && indent > 0);
      suppressedIndent = isSuppressed ? (suppressedIndent === -1 ? indent : suppressedIndent) : -1;
      wrapped ||= line.trimStart().startsWith('Wrapped by');
      const { type, message } = headlineOf([nested, ...messageLines(lines, index + 1)]);
      current = openException(type, message);
      (isSuppressed ? suppressed : chain).push(current);
      continue;
    }
    const frame = frameOf(line);
    if (frame !== null) current.frames.push(frame);
    else current.elidedFrames += Number(ELIDED.exec(line)?.[1] ?? 0);
  }
  // `Wrapped by` is logback's order of the root cause first.
  return { chain: wrapped ? chain.toReversed() : chain, suppressed };
}

function isNested(line: string): boolean {
  return CAUSED.test(line) || SUPPRESSED.test(line);
}

/** More lines of a message, up to what follows it. */
function messageLines(lines: readonly string[], from: number): readonly string[] {
  const end = lines.findIndex((line, index) => index >= from && (javaTrace.isFrame(line) || isNested(line)));
  return lines.slice(from, end === -1 ? from : end);
}

function frameOf(line: string): StackFrame | null {
  if (!line.trimStart().startsWith('at ')) return null;
  const [, type, method, place = '', at] = FRAME.exec(line) ?? [];
  if (type === undefined || method === undefined) return null;
  const file = /^[\w$-]+\.\w+/u.exec(place)?.[0] ?? null;
  return frameAt(method, type, file, at);
}
