import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bulk, createParser, encodeCommand } from './resp.ts';

const LIMIT_BYTES = 10_000;

describe('RESP', () => {
  it('reads back every command, however the stream is cut', () => {
    const word = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }));
    const commands = fc.array(fc.array(word, { minLength: 1, maxLength: 4 }), { maxLength: 4 });
    fc.assert(
      fc.property(commands, fc.integer({ min: 1, max: 7 }), (sent, chunkBytes) => {
        const stream = Buffer.from(sent.map(encodeCommand).join(''));
        const push = createParser(LIMIT_BYTES);
        const received = [];
        for (let start = 0; start < stream.length; start += chunkBytes) {
          received.push(...push(stream.subarray(start, start + chunkBytes)));
        }
        expect(received).toEqual(sent);
      }),
    );
  });

  it('tells the kinds of replies apart', () => {
    const stream = `+OK\r\n:3\r\n${bulk(null)}${bulk('é')}-ERR no\r\n*-1\r\n`;
    expect(createParser(LIMIT_BYTES)(Buffer.from(stream))).toEqual([
      'OK',
      '3',
      null,
      'é',
      new Error('ERR no'),
      [],
    ]);
  });

  it('refuses what is not RESP, and what never ends', () => {
    expect(() => createParser(LIMIT_BYTES)(Buffer.from('GET / HTTP/1.1\r\n'))).toThrow('not RESP');
    expect(() => createParser(LIMIT_BYTES)(Buffer.from('*x\r\n'))).toThrow('not a length');
    expect(() => createParser(10)(Buffer.from('$100\r\n0123456789'))).toThrow('more than 10 bytes');
  });
});
