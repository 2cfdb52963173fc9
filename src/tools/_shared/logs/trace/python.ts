import { messageOf } from './headline.ts';
import type { StackFrame } from './types.ts';
import {
  frameAt,
  indentOf,
  type OpenException,
  openException,
  type TraceParser,
  type TraceParts,
} from './trace-lines.ts';

const FRAME = /^\s*File "([^"]*)", line (\d+)(?:, in (.*))?$/u;
const BEGIN = /^.*?(?:Exception Group )?Traceback \(most recent call last\):$/u;
const HANDLING = /^During handling of the above exception, another exception occurred:/u;
const DIRECT = /^The above exception was the direct cause of the following exception:/u;
const HEADLINE = /^((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)(?:: ?(.*))?$/u;
/** Borders of exception groups: `  | `, `  +-+---------------- 1 ----------------`. */
const BORDER = /^\s*(?:\| ?|\+-\+?-*|\+ )/u;
const MEMBER = /^\s*(?:\|\s*)*\+-*\+?-{4,} (?:\d+|\.\.\.) -{4,}$/u;
const BORDER_END = /^\s*\+-{8,}$/u;

export const pythonTrace: TraceParser = {
  runtime: 'python',
  isFrame: (line) => line.includes('File "') && FRAME.test(line.replace(BORDER, '')),
  isHeadline: (line) => BEGIN.test(line),
  parse: parsePython,
};

/** One traceback as printed, and how deep in groups it stands. */
interface Block {
  exception: OpenException;
  depth: number;
}

function parsePython(lines: readonly string[]): TraceParts | null {
  const blocks: Block[] = [];
  let block: Block | null = null;
  let depth = 0;
  /** Lines of the exception itself, below its frames. */
  let words: string[] = [];
  const close = (): void => {
    if (block !== null) blocks.push(finished(block, words));
    block = null;
    words = [];
  };
  for (const whole of lines) {
    if (MEMBER.test(whole)) {
      close();
      depth = Math.max(1, whole.indexOf('+') >> 1);
      // The members of a group have a traceback of their own only if they were raised before.
      block = { exception: openException('', ''), depth };
      continue;
    }
    if (BORDER_END.test(whole)) {
      close();
      depth = 0;
      continue;
    }
    const line = depth > 0 || /^\s*[|+] /u.test(whole) ? whole.replace(/^(?:\s*[|+])+ ?/u, '') : whole;
    if (BEGIN.test(line)) {
      if (block === null || block.exception.frames.length > 0 || words.length > 0) {
        close();
        block = { exception: openException('', ''), depth };
      }
    } else if (HANDLING.test(line) || DIRECT.test(line)) close();
    else block = readLine(line, block, depth, words);
  }
  close();
  // Causes are printed first.
  const chain = blocks.filter((each) => each.depth === 0).map((each) => each.exception);
  const suppressed = blocks.filter((each) => each.depth > 0).map((each) => each.exception);
  if (chain.length === 0) return null;
  return { chain: chain.toReversed(), suppressed };
}

function readLine(line: string, block: Block | null, depth: number, words: string[]): Block | null {
  const [, file, at, name] = FRAME.exec(line) ?? [];
  if (file !== undefined) {
    // A trace whose first line is missing: a stack without an exception, or one cut by its logger.
    const open = block ?? { exception: openException('', ''), depth };
    // The place of a SyntaxError has no function: it is no call.
    if (name !== undefined) open.exception.frames.unshift(frameOf(file, at, name));
    words.length = 0;
    return open;
  }
  if (block === null) return null;
  // Source lines, carets and `[Previous line repeated 970 more times]` stand indented below their frame.
  if (words.length > 0 || (line !== '' && indentOf(line) === 0)) words.push(line);
  return block;
}

function finished({ exception, depth }: Block, words: readonly string[]): Block {
  const [, type = '', first = ''] = HEADLINE.exec(words[0] ?? '') ?? [];
  const message = type === '' ? messageOf(words) : messageOf([first, ...words.slice(1)]);
  return { depth, exception: { ...exception, type, message } };
}

function frameOf(file: string, line: string | undefined, name: string): StackFrame {
  return frameAt(name, null, file, line);
}
