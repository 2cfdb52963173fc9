import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { END_OF_STRING, huffmanCodes } from './huffman-code.ts';
import { decodeHuffman } from './huffman.ts';

const byteCodes = new Map(huffmanCodes().map((code) => [code.symbol, code]));

/** Bits as text: slow, and as plain as appendix B itself. */
function encodeBits(bytes: Iterable<number>): string {
  return [...bytes]
    .map((byte) => {
      const { code, bits } = byteCodes.get(byte)!;
      return code.toString(2).padStart(bits, '0');
    })
    .join('');
}

function pack(bits: string): Buffer {
  const bytes = bits.match(/.{1,8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte.padEnd(8, '1'), 2)));
}

function decode(source: Buffer): string | null {
  const target = Buffer.alloc(Math.ceil((source.length * 8) / 5));
  const end = decodeHuffman(source, 0, source.length, target, 0);
  return end < 0 ? null : target.toString('latin1', 0, end);
}

describe("HPACK's Huffman code", () => {
  it('is complete: 257 symbols fill the tree', () => {
    expect(byteCodes.size).toBe(257);
    expect(huffmanCodes().reduce((sum, { bits }) => sum + 2 ** -bits, 0)).toBe(1);
  });

  it.each([
    ['0', 0x0, 5],
    ['A', 0x21, 6],
    ['\\', 0x7fff0, 19],
    ['{', 0x7ffe, 15],
    ['\xff', 0x3ffffee, 26],
    ['\n', 0x3ffffffc, 30],
  ])('has the code of RFC 7541, appendix B for %j', (char, code, bits) => {
    expect(byteCodes.get(char.charCodeAt(0))).toMatchObject({ code, bits });
  });

  it.each([
    ['f1e3c2e5f23a6ba0ab90f4ff', 'www.example.com'],
    ['a8eb10649cbf', 'no-cache'],
    ['25a849e95ba97d7f', 'custom-key'],
    ['25a849e95bb8e8b4bf', 'custom-value'],
    ['d07abe941054d444a8200595040b8166e082a62d1bff', 'Mon, 21 Oct 2013 20:13:21 GMT'],
    ['9d29ad171863c78f0b97c8e9ae82ae43d3', 'https://www.example.com'],
    [
      '94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
      'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    ],
  ])('decodes %s of appendix C', (hex, text) => {
    expect(decode(Buffer.from(hex, 'hex'))).toBe(text);
  });

  it('decodes whatever was encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(decode(pack(encodeBits(bytes)))).toBe(Buffer.from(bytes).toString('latin1'));
      }),
    );
  });

  it('takes up to seven bits of padding, all ones, and nothing else', () => {
    // `a` has five bits, so three are left in its byte.
    expect(decode(pack('00011111'))).toBe('a');
    expect(decode(pack('00011110'))).toBeNull();
    expect(decode(pack('0001111111111111'))).toBeNull();
    expect(decode(Buffer.alloc(0))).toBe('');
    expect(decode(Buffer.of(0xff))).toBeNull();
    // Five and twelve bits, and seven of padding.
    expect(decode(pack(encodeBits(Buffer.from('a#'))))).toBe('a#');
  });

  it('refuses an end of string within a string', () => {
    const { code, bits } = byteCodes.get(END_OF_STRING)!;
    expect(decode(pack(code.toString(2).padStart(bits, '0')))).toBeNull();
    expect(decode(pack(`00011${code.toString(2)}00011`))).toBeNull();
  });
});
