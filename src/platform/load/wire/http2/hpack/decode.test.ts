import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFieldList, NO_STATUS, readFields, readStatus, UNDECODABLE } from './decode.ts';
import { encodeFields } from './encode.ts';

function decode(hex: string): { status: number; fields: string[][]; malformed: string | null } | null {
  const block = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const list = createFieldList();
  if (!readFields(block, 0, block.length, list)) return null;
  const { status, names, values, count, malformed } = list;
  return { status, fields: names.slice(0, count).map((name, at) => [name, values[at]!]), malformed };
}

function statusOf(hex: string): number {
  const block = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return readStatus(block, 0, block.length);
}

describe('decoding of field blocks', () => {
  it.each([
    [
      'C.2.1',
      '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572',
      'custom-key',
      'custom-header',
    ],
    ['C.2.3', '1008 7061 7373 776f 7264 0673 6563 7265 74', 'password', 'secret'],
  ])('reads the literal of RFC 7541, appendix %s', (_, hex, name, value) => {
    expect(decode(hex)?.fields).toEqual([[name, value]]);
  });

  const first = [
    ['cache-control', 'private'],
    ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'],
    ['location', 'https://www.example.com'],
  ];

  it.each([
    [
      'C.5.1, plain',
      `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32
       3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`,
    ],
    [
      'C.6.1, Huffman',
      `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad
       1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
    ],
  ])('reads the response of appendix %s', (_, hex) => {
    const bytes = hex.replaceAll(/\s/g, '');
    expect(decode(bytes)).toEqual({ status: 302, fields: first, malformed: null });
    expect(statusOf(bytes)).toBe(302);
  });

  it('refuses entries of a dynamic table, which we do not have', () => {
    // Appendix C.5.2 refers to what C.5.1 has put there.
    expect(decode('4803 3330 37c1 c0bf')).toBeNull();
    expect(statusOf('be')).toBe(UNDECODABLE);
    expect(statusOf('80')).toBe(UNDECODABLE);
    // A literal whose name stands there.
    expect(decode('7e 0161')).toBeNull();
  });

  it('takes a size update to 0 at the beginning only', () => {
    expect(decode('20 88')?.status).toBe(200);
    expect(decode('2020 88')?.status).toBe(200);
    expect(statusOf('20 88')).toBe(200);
    expect(decode('88 20')).toBeNull();
    // 4,096, more than we allow.
    expect(decode('3fe11f 88')).toBeNull();
    expect(statusOf('3fe11f 88')).toBe(UNDECODABLE);
  });

  it.each(['48', '4803', '4803 33', '488264', '00', 'ff', 'ff ffff ffff ff7f', '7f', '40 0a', '0f'])(
    'refuses %s, which is cut off or too large',
    (hex) => {
      expect(decode(hex)).toBeNull();
      expect(statusOf(hex)).toBe(UNDECODABLE);
    },
  );

  it('reads every status, as an entry or as a literal', () => {
    for (const [hex, status] of [
      ['88', 200],
      ['89', 204],
      ['8b', 304],
      ['8e', 500],
    ] as const) {
      expect(statusOf(hex)).toBe(status);
    }
    expect(statusOf('0803 343139')).toBe(419);
    expect(statusOf('0007 3a737461747573 03 353033')).toBe(503);
    expect(statusOf('0803 34317a')).toBe(NO_STATUS);
    expect(statusOf('')).toBe(NO_STATUS);
    // A field that is no pseudo-header comes first: trailers.
    expect(statusOf('0f10 01 61')).toBe(NO_STATUS);
  });

  it.each([
    ['a second status', '88 89'],
    ['a status after a field', '0f0d 0131 88'],
    ['a request pseudo-header', '88 82'],
    ['an upper-case name', '88 00 01 41 01 62'],
    ['an empty name', '88 00 00 01 62'],
    ['a line break in a value', '88 0f10 03 610a62'],
  ])('calls %s malformed', (_, hex) => {
    expect(decode(hex)?.malformed).not.toBeNull();
  });
});

describe('encoding of field blocks', () => {
  it('reads back what it wrote', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,200}$/);
    const value = fc.string({
      unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
      maxLength: 400,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 20 }), (fields) => {
        const block = encodeFields([[':status', '200'], ...fields]);
        expect(decode(block.toString('hex'))).toEqual({ status: 200, fields, malformed: null });
      }),
    );
  });

  it('uses the static table and puts nothing into a dynamic one', () => {
    expect(
      encodeFields([
        [':method', 'GET'],
        [':path', '/sample/path'],
      ]).toString('hex'),
    ).toBe(
      // Appendix C.2.2 with C.2.4's entry before it.
      '82040c2f73616d706c652f70617468',
    );
    // Never indexed (section 7.1.3).
    expect(encodeFields([['authorization', 'x']]).toString('hex')).toBe('1f080178');
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        const block = Buffer.from(bytes);
        const list = createFieldList();
        const status = readStatus(block, 0, block.length);
        const isRead = readFields(block, 0, block.length, list);
        // What cannot be decoded up to its status cannot be decoded at all; what is well-formed has the same status both ways.
        expect(status === UNDECODABLE && isRead).toBe(false);
        expect(isRead && list.malformed === null ? list.status : status).toBe(status);
      }),
      { numRuns: 5_000 },
    );
  });
});
