import { messageOf } from './headline.ts';
import {
  frameAt,
  type OpenException,
  openException,
  type TraceParser,
  type TraceParts,
} from './trace-lines.ts';
import type { StackFrame } from './types.ts';

/** Below a function: a tab, the file, the line, perhaps an offset. */
const PLACE = /^\s+(\S.*?\.(?:go|s)):(\d+)(?: \+0x[0-9a-f]+)?$/u;
/** `github.com/acme/shop/orders.(*Service).Place(0xc000, {0x1, 0x2})`; errors with stacks (`%+v`) print no arguments. */
const FUNCTION =
  /^\s*(?:created by )?([\w.\-/@~%]*?[\w\-%]+|panic)(?:\.((?:\(\*?[\w.[\],/ ]+\)|[\w[\]./,·-]+)(?:\.[\w.()[\]*·-]+)*))?(?:\(.*\))?(?: in goroutine \d+)?$/u;
const PANIC = /^(\s*)(?:.*?\s)?(panic|fatal error)(?: serving \S+)?: (.*)$/u;
const RECOVERED = / \[recovered(?:, repanicked)?\]$/u;
const GOROUTINE = /^\s*goroutine \d+ .*:$/u;
const SIGNAL = /^\[signal /u;

export const goTrace: TraceParser = {
  runtime: 'go',
  isFrame: (line) =>
    (line.includes('.go:') || line.startsWith('goroutine ')) && (PLACE.test(line) || GOROUTINE.test(line)),
  isHeadline: (line) => /^(?:panic|fatal error): /u.test(line),
  parse: parseGo,
};

function parseGo(lines: readonly string[]): TraceParts | null {
  const first = lines.findIndex((line) => PLACE.test(line) || GOROUTINE.test(line));
  const words = first === -1 ? lines : lines.slice(0, first);
  const panics = panicsOf(words);
  if (panics.length > 0 || GOROUTINE.test(lines[first] ?? '')) return parsePanic(lines, first, panics, words);
  return parseErrors(lines);
}

/** `panic: first [recovered]`, then `panic: second`: what was thrown last is printed last. */
function panicsOf(lines: readonly string[]): OpenException[] {
  const panics: OpenException[] = [];
  let message: string[] = [];
  const close = (): void => {
    if (panics.length > 0) panics.at(-1)!.message = messageOf(message);
  };
  for (const line of lines) {
    const [, , type, first = ''] = PANIC.exec(line) ?? [];
    if (type !== undefined) {
      close();
      panics.push(openException(type, ''));
      message = [first.replace(RECOVERED, '')];
    } else if (!SIGNAL.test(line)) message.push(line);
  }
  close();
  return panics.toReversed();
}

/** Only the first goroutine panicked; the others were doing something else. */
function parsePanic(
  lines: readonly string[],
  first: number,
  panics: readonly OpenException[],
  words: readonly string[],
): TraceParts {
  const chain = panics.length > 0 ? [...panics] : [openException('', messageOf(words))];
  const root = chain.at(-1)!;
  if (first === -1) return { chain, suppressed: [] };
  const start = GOROUTINE.test(lines[first]!) ? first + 1 : Math.max(0, first - 1);
  const next = lines.findIndex((line, index) => index > first && GOROUTINE.test(line));
  const frames = framesOf(lines.slice(start, next === -1 ? lines.length : next));
  // Above the last `panic(...)` stand the deferred calls that ran because of it.
  const thrown = frames.findLastIndex((frame) => frame.module === null && frame.function === 'panic');
  root.frames.push(...frames.slice(thrown + 1));
  return { chain, suppressed: [] };
}

/** Errors that carry stacks print the innermost message, its stack, then each message and stack that was put around it. */
function parseErrors(lines: readonly string[]): TraceParts | null {
  const chain: OpenException[] = [];
  let words: string[] = [];
  let current: OpenException | null = null;
  for (const [index, line] of lines.entries()) {
    const place = PLACE.exec(line);
    if (place !== null) {
      const frame = functionFrame(lines[index - 1] ?? '', place[1]!, place[2]!);
      words.pop();
      if (current === null || words.some((word) => word.trim() !== '')) {
        current = openException('', messageOf(words));
        chain.push(current);
      }
      words = [];
      if (frame !== null) current.frames.push(frame);
    } else words.push(line);
  }
  return chain.length === 0 ? null : { chain: chain.toReversed(), suppressed: [] };
}

function framesOf(lines: readonly string[]): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const [index, line] of lines.entries()) {
    const place = PLACE.exec(line);
    const above = lines[index - 1] ?? '';
    // Where a goroutine was started is no call.
    if (place === null || /^\s*created by /u.test(above)) continue;
    const frame = functionFrame(above, place[1]!, place[2]!);
    if (frame !== null) frames.push(frame);
  }
  return frames;
}

/** The package ends at the first dot behind its last slash. */
function functionFrame(line: string, file: string, at: string): StackFrame | null {
  const name = line
    .trim()
    .replace(/ in goroutine \d+$/u, '')
    .replace(/(?<=[\w\]·)])\((?:[^()]|\([^()]*\))*\)$/u, '');
  if (!FUNCTION.test(line)) return frameAt('', null, file, at);
  const slash = name.lastIndexOf('/', name.includes('(') ? name.indexOf('(') : name.length);
  const dot = name.indexOf('.', slash + 1);
  if (dot === -1) return frameAt(name, null, file, at);
  return frameAt(name.slice(dot + 1), name.slice(0, dot), file, at);
}
