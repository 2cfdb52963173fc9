/** As much of RESP 2 as the cache and its client speak ("Redis serialization protocol specification"). */
export type Reply = string | null | Error | Reply[];

/** An array of bulk strings: how a command is sent. */
export function encodeCommand(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map(bulk).join('')}`;
}

export const bulk = (text: string | null): string =>
  text === null ? '$-1\r\n' : `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

/** Splits a stream into values: given the next chunk, it returns those that are complete, and throws at what is not RESP. */
export function createParser(maxBytes: number): (chunk: Buffer) => Reply[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (rest.length > maxBytes) throw new RangeError(`more than ${maxBytes} bytes without an end`);
    const values: Reply[] = [];
    for (;;) {
      const parsed = parse(rest, 0);
      if (parsed === undefined) return values;
      values.push(parsed.value);
      rest = rest.subarray(parsed.end);
    }
  };
}

interface Parsed {
  value: Reply;
  /** Offset of the first octet after it. */
  end: number;
}

/** Undefined when the value is not complete yet. */
function parse(buffer: Buffer, start: number): Parsed | undefined {
  const lineEnd = buffer.indexOf('\r\n', start);
  if (lineEnd === -1) return undefined;
  const text = buffer.toString('utf8', start + 1, lineEnd);
  const next = lineEnd + 2;
  switch (String.fromCharCode(buffer[start] ?? 0)) {
    case '+':
    case ':':
      return { value: text, end: next };
    case '-':
      return { value: new Error(text), end: next };
    case '$':
      return parseBulk(buffer, count(text), next);
    case '*':
      return parseArray(buffer, count(text), next);
    default:
      throw new SyntaxError('not RESP');
  }
}

function parseBulk(buffer: Buffer, length: number, start: number): Parsed | undefined {
  if (length < 0) return { value: null, end: start };
  const end = start + length;
  return buffer.length < end + 2 ? undefined : { value: buffer.toString('utf8', start, end), end: end + 2 };
}

function parseArray(buffer: Buffer, length: number, start: number): Parsed | undefined {
  const value: Reply[] = [];
  let end = start;
  while (value.length < length) {
    const element = parse(buffer, end);
    if (element === undefined) return undefined;
    value.push(element.value);
    end = element.end;
  }
  return { value, end };
}

function count(text: string): number {
  if (!/^-?\d{1,9}$/.test(text)) throw new SyntaxError('not a length');
  return Number(text);
}
