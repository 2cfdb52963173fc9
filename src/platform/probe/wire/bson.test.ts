import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProbeFailure } from '../failure.ts';
import { decodeBson, encodeBson } from './bson.ts';

const name = fc.string().filter((text) => !text.includes('\0'));
const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));
const flat = fc.dictionary(
  name,
  fc.oneof(
    text,
    fc.boolean(),
    fc.maxSafeInteger().map((value) => value | 0),
  ),
  {
    noNullPrototype: true,
  },
);

/** A document of one element. */
function element(type: number, value: readonly number[] | Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from([type, 0x78, 0]), Buffer.from(value), Buffer.from([0])]);
  const length = Buffer.alloc(4);
  length.writeInt32LE(body.length + 4);
  return Buffer.concat([length, body]);
}

/** The cause of the failure, where it fails as it should. */
function kindOf(bytes: Buffer): string {
  try {
    return typeof decodeBson(bytes);
  } catch (error) {
    return error instanceof ProbeFailure ? error.probeCause : String(error);
  }
}

describe('BSON', () => {
  it('is the bytes of the specification', () => {
    expect(encodeBson({ hello: 'world' })).toEqual(
      Buffer.from('\x16\0\0\0\x02hello\0\x06\0\0\0world\0\0', 'latin1'),
    );
  });

  it('comes back as it went', () => {
    fc.assert(
      fc.property(flat, (document) => {
        expect(decodeBson(encodeBson(document))).toEqual(document);
      }),
    );
  });

  it('reads what a server answers with', () => {
    const inner = encodeBson({ 0: 'a', 1: 'b' });
    expect(decodeBson(element(0x04, inner))).toEqual({ x: ['a', 'b'] });
    expect(decodeBson(element(0x03, inner))).toEqual({ x: { 0: 'a', 1: 'b' } });
    expect(decodeBson(element(0x01, [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]))).toEqual({ x: 1 });
    expect(decodeBson(element(0x12, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))).toEqual({ x: -1 });
    expect(decodeBson(element(0x09, [1, 0, 0, 0, 0, 0, 0, 0]))).toEqual({ x: 1 });
    expect(decodeBson(element(0x05, [2, 0, 0, 0, 0, 7, 7]))).toEqual({ x: null });
    expect(decodeBson(element(0x07, new Uint8Array(12)))).toEqual({ x: null });
    expect(decodeBson(element(0x0b, [0x61, 0, 0x69, 0]))).toEqual({ x: null });
    expect(decodeBson(element(0x11, new Uint8Array(8)))).toEqual({ x: null });
    expect(decodeBson(element(0x0a, []))).toEqual({ x: null });
  });

  it('any bytes are a document or a protocol error, and nothing else', () => {
    const broken = fc.tuple(flat, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([document, at, byte]) => {
      const bytes = encodeBson(document);
      bytes[at % bytes.length] = byte;
      return bytes;
    });
    const random = fc.uint8Array().map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(broken, random), (bytes) => {
        expect(['object', 'protocol-error']).toContain(kindOf(bytes));
      }),
    );
  });

  it('refuses to go deeper than any answer does', () => {
    let nested = encodeBson({});
    for (let depth = 0; depth < 1_000; depth += 1) nested = element(0x03, nested);
    expect(() => decodeBson(nested)).toThrow('not BSON');
  });
});
