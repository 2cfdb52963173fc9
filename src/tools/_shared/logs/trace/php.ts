import {
  frameAt,
  type OpenException,
  openException,
  type TraceParser,
  type TraceParts,
} from './trace-lines.ts';
import type { StackFrame } from './types.ts';

/** `#0 /app/src/Order.php(12): Shop\Order->place(Array, 'x')`, `#1 [internal function]: {closure}()`, `#2 {main}`. */
const FRAME = /^\s*#\d+ (?:(\{main\})|(.+?)(?:\((\d+)\))?: (.+))$/u;
const MAIN = /^\s*#\d+ \{main\}/u;
/** `Uncaught Shop\OrderError: message in /app/index.php:12`; a message can go over lines. */
const HEADLINE = /(?:PHP )?(?:Fatal error|Warning|Recoverable fatal error|Parse error): +(?:Uncaught )?/u;
const NEXT = /^\s*Next /u;
/** Laravel's and Monolog's way: `[object] (TypeError(code: 0): message at /app/a.php:12)`. */
const OBJECT =
  /\[(?:object|previous exception)\] (?:\[object\] )?\(([\w\\]+)\(code: [^)]*\): (.*) at ([^\s"]+?):(\d+)\)?$/u;
const TYPE = /(?:^|[\s"'(])((?:[A-Za-z_]\w*\\)*(?:[A-Z]\w*)(?:@anonymous[^\s:]*)?): (.*)$/u;
const PLACE = /^(.*?) in (\S+?)(?::(\d+)| on line (\d+))$/su;
const STACK = /^\s*(?:PHP )?(?:Stack trace:|\[stacktrace\])/u;
const THROWN = /^\s*thrown in (.+) on line (\d+)$/u;

export const phpTrace: TraceParser = {
  runtime: 'php',
  isFrame: (line) => line.trimStart().startsWith('#') && FRAME.test(line),
  isHeadline: (line) => HEADLINE.test(line) && line.includes('Uncaught '),
  parse: parsePhp,
};

/** A call as numbered: where it was made, and what was called. */
interface Call {
  file: string | null;
  line: string | undefined;
  called: string;
}

function parsePhp(lines: readonly string[]): TraceParts | null {
  const exceptions: OpenException[] = [];
  /** Laravel prints the outermost first, PHP itself the innermost. */
  let isObjectOrder = false;
  let pending: string[] = [];
  let calls: Call[] | null = null;
  let thrown: Thrown | null = null;
  const close = (): void => {
    if (thrown !== null) exceptions.push(withFrames(thrown, calls ?? []));
    thrown = null;
    calls = null;
  };
  for (const line of lines) {
    const object = OBJECT.exec(line);
    if (object !== null) {
      close();
      isObjectOrder = true;
      thrown = { type: object[1]!, message: object[2]!, file: object[3]!, line: object[4] };
      pending = [];
    } else if (STACK.test(line)) {
      if (pending.length > 0) {
        close();
        thrown = thrownOf(pending);
        pending = [];
      }
      calls = [];
    } else if (FRAME.test(line)) {
      if (thrown === null && calls === null) thrown = thrownOf(pending);
      pending = [];
      calls ??= [];
      calls.push(callOf(line));
      if (MAIN.test(line)) close();
    } else if (NEXT.test(line)) {
      close();
      pending = [line.replace(NEXT, '')];
    } else if (!THROWN.test(line) && (calls === null || calls.length === 0)) pending.push(line);
  }
  if (thrown === null && pending.some((line) => HEADLINE.test(line))) thrown = thrownOf(pending);
  close();
  if (exceptions.length === 0) return null;
  return { chain: isObjectOrder ? exceptions : exceptions.toReversed(), suppressed: [] };
}

interface Thrown {
  type: string;
  message: string;
  file: string | null;
  line: string | undefined;
}

function thrownOf(lines: readonly string[]): Thrown {
  const texts = lines.filter((line) => line.trim() !== '');
  const first = Math.max(
    0,
    texts.findIndex((line) => HEADLINE.test(line) || TYPE.test(line)),
  );
  const text = texts
    .slice(first)
    .join('\n')
    .replace(/^.*?(?:PHP )?(?:Fatal error|Warning): +(?:Uncaught )?/u, '');
  const [, said = text, file = null, line, onLine] = PLACE.exec(text) ?? [];
  const [head = '', ...more] = said.split('\n');
  const [, type = '', message = head] = TYPE.exec(head) ?? [];
  return { type, message: [message, ...more].join('\n').trim(), file, line: line ?? onLine };
}

/** What is numbered says where a call was made; a frame says where its function stood when it made the next one. */
function withFrames({ type, message, file, line }: Thrown, calls: readonly Call[]): OpenException {
  const places = [{ file, line }, ...calls];
  const frames: StackFrame[] = calls.map((call, index) =>
    frameAt(call.called, null, places[index]!.file, places[index]!.line),
  );
  if (calls.length === 0 && file !== null) frames.push(frameAt('{main}', null, file, line));
  return { ...openException(type, message), frames };
}

function callOf(line: string): Call {
  const [, main, file, at, called = ''] = FRAME.exec(line) ?? [];
  if (main !== undefined) return { file: null, line: undefined, called: main };
  return { file: file ?? null, line: at, called: called.replace(/\(.*$/su, '') };
}
