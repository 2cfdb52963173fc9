import { createUnwrapped, type WrapperKind } from './wrapper.ts';

const COMPOSE = /^[\w.-]+ +\| /;
const KUBECTL = /^\[pod\/[\w.-]+\/[\w.-]+\] /;
const SPACE = 0x20;
const PIPE = 0x7c;
const BRACKET = 0x5b;
const LONGEST_PREFIX = 320;

/** Lines behind the name of who wrote them: `web-1  | text` of `docker compose logs`, `[pod/web-1/app] text` of `kubectl logs --prefix`. */
export const prefixed: WrapperKind = {
  name: 'prefix',
  matches: (line) => COMPOSE.test(line) || KUBECTL.test(line),
  create() {
    const inner = createUnwrapped();
    let lastPrefix = Buffer.alloc(0);
    return {
      name: 'prefix',
      unwrap(bytes, start, end, sink) {
        const nameEnd = bytes[start] === BRACKET ? bracketEnd(bytes, start, end) : pipeEnd(bytes, start, end);
        if (nameEnd === -1) return false;
        // Mostly it is the one of the line before.
        if (lastPrefix.length === 0 || lastPrefix.compare(bytes, start, nameEnd) !== 0) {
          lastPrefix = Buffer.from(bytes.subarray(start, nameEnd));
          inner.lane = nameOf(lastPrefix.toString('utf8'));
          inner.family = inner.lane;
        }
        inner.bytes = bytes;
        inner.start = Math.min(end, nameEnd);
        inner.end = end;
        sink(inner);
        return true;
      },
      fields(lane, sink) {
        const [pod, container] = lane.split('/');
        if (container === undefined) sink('container', lane);
        else {
          sink('pod', pod!);
          sink('container', container);
        }
      },
    };
  },
};

/** Behind `name  | `, which may end with the bar where the line is empty; -1 when there is none. */
function pipeEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && at - start < LONGEST_PREFIX && bytes[at]! > SPACE && bytes[at] !== PIPE) at += 1;
  if (at === start || at >= end || bytes[at] !== SPACE) return -1;
  while (at < end && bytes[at] === SPACE) at += 1;
  if (at >= end || bytes[at] !== PIPE) return -1;
  return at + 1 < end && bytes[at + 1] === SPACE ? at + 2 : at + 1;
}

function bracketEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && at - start < LONGEST_PREFIX && bytes[at] !== 0x5d) at += 1;
  return at + 1 < end && bytes[at + 1] === SPACE ? at + 2 : -1;
}

function nameOf(prefix: string): string {
  return prefix.startsWith('[pod/')
    ? prefix.slice('[pod/'.length, prefix.indexOf(']'))
    : prefix.replace(/ *\| ?$/, '');
}
