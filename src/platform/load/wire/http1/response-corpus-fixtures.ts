/** Responses with what a framer must make of them; read one after another, as on one connection. */
export interface CorpusCase {
  name: string;
  /** One character a byte. */
  text: string;
  /** What was asked, one for each response: HEAD or not. */
  asked: readonly { headOnly: boolean }[];
  expected: readonly FramedResponse[];
}

export type FramedResponse =
  | {
      status: number;
      body: string;
      bodyBytes: number;
      isReusable: boolean;
      fields: Readonly<Record<string, string>>;
    }
  /** Kind of failure: what is invalid, or what was cut off. */
  | 'invalid'
  | 'cut';

const GET = { headOnly: false };
const HEAD = { headOnly: true };

function response(
  status: number,
  body: string,
  rest: { isReusable?: boolean; bodyBytes?: number; fields?: Record<string, string> } = {},
): FramedResponse {
  return { status, body, bodyBytes: body.length, isReusable: true, fields: {}, ...rest };
}

const ok = (fields: string, body = ''): string => `HTTP/1.1 200 OK\r\n${fields}\r\n${body}`;
const one = (name: string, text: string, expected: FramedResponse, asked = GET): CorpusCase => ({
  name,
  text,
  asked: [asked],
  expected: [expected],
});

const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const hello = response(200, 'hello');

const VALID: readonly CorpusCase[] = [
  one('a length', ok('Content-Length: 5\r\n', 'hello'), hello),
  one('a length of none', ok('Content-Length: 0\r\n'), response(200, '')),
  one('no reason phrase', 'HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello', hello),
  one('names and values in any case', ok('CONTENT-LENGTH:\t5 \r\n', 'hello'), hello),
  one('the same length twice', ok('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello'), hello),
  one('the same length in a list', ok('Content-Length: 5, 5\r\n', 'hello'), hello),
  one(
    'names that only resemble',
    ok('Content-Lengths: 7\r\nX: Content-Length: 3\r\nContent-Length: 5\r\n', 'hello'),
    hello,
  ),
  one(
    'fields, folded and blank',
    ok('X-One:  a \t\r\nX-Two:\r\nX-Three: b\r\n c\r\n\t d\r\nContent-Length: 5\r\n', 'hello'),
    response(200, 'hello', {
      fields: { 'x-one': 'a', 'x-two': '', 'x-three': 'b c d', 'content-length': '5' },
    }),
  ),
  one(
    'bytes beyond ASCII',
    ok('X: \xe4\r\nContent-Length: 2\r\n', '\xc3\xbc'),
    response(200, '\xc3\xbc', { fields: { x: '\xe4' } }),
  ),
  one('chunks', ok(CHUNKED, '2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n'), hello),
  one(
    'a chunk in hexadecimal',
    ok(CHUNKED, `1A\r\n${'x'.repeat(26)}\r\n0a\r\n${'y'.repeat(10)}\r\n000\r\n\r\n`),
    response(200, 'x'.repeat(26) + 'y'.repeat(10)),
  ),
  one('chunk extensions', ok(CHUNKED, '5;a=b;c="d\t e"\r\nhello\r\n0 ;last\r\n\r\n'), hello),
  one('digits in an extension', ok(CHUNKED, '5;5\r\nhello\r\n0;abc=12\r\n\r\n'), hello),
  one('blanks after a size', ok(CHUNKED, '5 \t\r\nhello\r\n0\r\n\r\n'), hello),
  one('trailers', ok(CHUNKED, '5\r\nhello\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\n\r\n'), hello),
  one(
    'chunks with line ends in them',
    ok(CHUNKED, '7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n'),
    response(200, '\r\n0\r\n\r\n'),
  ),
  one(
    'another coding below chunks',
    ok('Transfer-Encoding: gzip, Chunked \r\n', '2\r\nhe\r\n0\r\n\r\n'),
    response(200, 'he'),
  ),
  one(
    'codings in two lines',
    ok(`Transfer-Encoding: gzip\r\n${CHUNKED}`, '2\r\nhe\r\n0\r\n\r\n'),
    response(200, 'he'),
  ),
  one('up to the end', ok('', 'hello'), response(200, 'hello', { isReusable: false })),
  one('up to the end, of nothing', ok(''), response(200, '', { isReusable: false })),
  one(
    'a coding that is not chunked',
    ok('Transfer-Encoding: gzip\r\n', 'hello'),
    response(200, 'hello', { isReusable: false }),
  ),
  one(
    'close',
    ok('Connection: close\r\nContent-Length: 5\r\n', 'hello'),
    response(200, 'hello', { isReusable: false }),
  ),
  one(
    'close in a list',
    ok('Connection: x, Close ,y\r\nContent-Length: 5\r\n', 'hello'),
    response(200, 'hello', { isReusable: false }),
  ),
  one(
    'HTTP/1.0',
    'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    response(200, 'hello', { isReusable: false }),
  ),
  one(
    'HTTP/1.0 kept alive',
    'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 5\r\n\r\nhello',
    hello,
  ),
  one('204 with a length', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', response(204, '')),
  one('304 with chunks', `HTTP/1.1 304 Not Modified\r\n${CHUNKED}\r\n`, response(304, '')),
  one('an answer to HEAD', ok('Content-Length: 5\r\n'), response(200, ''), HEAD),
  one('an answer to HEAD without a length', ok(''), response(200, ''), HEAD),
  one(
    '100 and 103 before',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Length: 9\r\n\r\n${ok('Content-Length: 5\r\n', 'hello')}`,
    hello,
  ),
  {
    name: 'one after another',
    text: `${ok('Content-Length: 5\r\n', 'hello')}${ok(CHUNKED, '2\r\nab\r\n0\r\n\r\n')}${ok('Content-Length: 7\r\n')}HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 None\r\n\r\nHTTP/1.1 404 Gone\r\nContent-Length: 2\r\n\r\nno${ok('', 'rest')}`,
    asked: [GET, GET, HEAD, GET, GET, GET],
    expected: [
      hello,
      response(200, 'ab'),
      response(200, ''),
      response(204, ''),
      response(404, 'no'),
      response(200, 'rest', { isReusable: false }),
    ],
  },
];

const INVALID: readonly (readonly [name: string, text: string])[] = [
  ['both a length and chunks', ok(`Content-Length: 5\r\n${CHUNKED}`, '0\r\n\r\n')],
  ['both chunks and a length', ok(`${CHUNKED}Content-Length: 5\r\n`, '0\r\n\r\n')],
  ['lengths that differ', ok('Content-Length: 5\r\nContent-Length: 6\r\n', 'hello!')],
  ['lengths that differ in a list', ok('Content-Length: 5, 6\r\n', 'hello!')],
  ['a length with a sign', ok('Content-Length: +5\r\n', 'hello')],
  ['a length of letters', ok('Content-Length: 0x5\r\n', 'hello')],
  ['a length of two words', ok('Content-Length: 5 5\r\n', 'hello')],
  ['an empty length', ok('Content-Length:\r\n', 'hello')],
  ['a length with an empty element', ok('Content-Length: 5,\r\n', 'hello')],
  ['a length beyond all', ok('Content-Length: 99999999999999999999\r\n')],
  ['a folded length', ok('Content-Length: 5\r\n 0\r\n', 'hello')],
  ['a folded coding', ok('Transfer-Encoding:\r\n chunked\r\n', '0\r\n\r\n')],
  ['a blank before the colon', ok('Content-Length : 5\r\n', 'hello')],
  ['a fold before any field', ok(' x\r\nContent-Length: 5\r\n', 'hello')],
  ['a line without a colon', ok('nonsense\r\nContent-Length: 5\r\n', 'hello')],
  ['an empty name', ok(': x\r\nContent-Length: 5\r\n', 'hello')],
  ['a lone line feed in a value', ok('X: a\nContent-Length: 5\r\n', 'hello')],
  ['a lone carriage return in a value', ok('X: a\rContent-Length: 5\r\n', 'hello')],
  ['a NUL in a value', ok('X: a\0b\r\nContent-Length: 5\r\n', 'hello')],
  ['line feeds alone', 'HTTP/1.1 200 OK\nContent-Length: 5\n\nhello'],
  ['a carriage return for an end', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\rhello\n'],
  ['chunked twice', ok('Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n')],
  ['chunked, then another', ok('Transfer-Encoding: chunked, gzip\r\n', '0\r\n\r\n')],
  ['chunks in HTTP/1.0', `HTTP/1.0 200 OK\r\n${CHUNKED}\r\n0\r\n\r\n`],
  ['a chunk without a size', ok(CHUNKED, '\r\nhello')],
  ['a chunk size that is no number', ok(CHUNKED, '5x\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size of two words', ok(CHUNKED, '5 5\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size with a sign', ok(CHUNKED, '+5\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size beyond all', ok(CHUNKED, 'ffffffffffffff\r\nhello')],
  ['a chunk longer than its size', ok(CHUNKED, '4\r\nhello\r\n0\r\n\r\n')],
  ['a chunk that ends in a line feed', ok(CHUNKED, '5\r\nhello\n0\r\n\r\n')],
  ['a chunk size that ends in a line feed', ok(CHUNKED, '5\nhello\r\n0\r\n\r\n')],
  ['a line feed in an extension', ok(CHUNKED, '5;a\nb\r\nhello\r\n0\r\n\r\n')],
  ['a line feed in a trailer', ok(CHUNKED, '0\r\nX: a\nb\r\n\r\n')],
  ['extensions without end', ok(CHUNKED, `5;${'x'.repeat(17_000)}`)],
  ['trailers without end', ok(CHUNKED, `0\r\n${'x: y\r\n'.repeat(5_000)}`)],
  ['a head without end', ok('x: y\r\n'.repeat(11_000))],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['HTTP/2 where HTTP/1 was asked', 'HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 5\r\n\r\nhello'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\nContent-Length: 5\r\n\r\nhello'],
  ['a status below 100', 'HTTP/1.1 099 OK\r\nContent-Length: 5\r\n\r\nhello'],
  ['a change of protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ['informational responses without end', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(70)],
];

const CUT: readonly (readonly [name: string, text: string])[] = [
  ['nothing', ''],
  ['in the status line', 'HTTP/1.1 20'],
  ['in a field', 'HTTP/1.1 200 OK\r\nContent-Le'],
  ['between fields', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n'],
  ['before the last line feed of a head', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r'],
  ['after an informational response', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ['in a body', ok('Content-Length: 5\r\n', 'hell')],
  ['in a chunk size', ok(CHUNKED, '5')],
  ['in a chunk', ok(CHUNKED, '5\r\nhell')],
  ['between chunks', ok(CHUNKED, '5\r\nhello\r\n')],
  ['before the last line feed of chunks', ok(CHUNKED, '0\r\n\r')],
];

export const RESPONSE_CORPUS: readonly CorpusCase[] = [
  ...VALID,
  ...INVALID.map(([name, text]) => one(name, text, 'invalid')),
  ...CUT.map(([name, text]) => one(`cut off: ${name}`, text, 'cut')),
];
