import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainShape } from './explain.ts';
import { createShapeTable } from './table.ts';
import { OVERFLOW_SHAPE } from './types.ts';

const encoder = new TextEncoder();

function canonicalOf(text: string): string {
  return explainShape(text).shape.canonical;
}

describe('the shape of a line', () => {
  it.each([
    ['order 4711 took 12.5 ms', 'order <*> took <*>'],
    ['order 4711 took 3 s', 'order <*> took <*>'],
    ['GET https://shop.example.com/a?b=c#d, retrying', 'GET <*> , retrying'],
    ['open /var/lib/app/data.db: no such file', 'open <*> : no such file'],
    ['open C:\\data\\app.db: no such file', 'open <*> : no such file'],
    ['connect to api.example.com:8443 failed', 'connect to <*> failed'],
    ['mail to jo@example.com bounced', 'mail to <*> bounced'],
    ['at 10:42:07,123 it stopped', 'at <*> it stopped'],
    ['sent 120 bytes (1.2 KB) in <1 sec', 'sent <*> in <*>'],
    ['sent 120 bytes in 3 sec', 'sent <*> in <*>'],
    ['link ab:cd:ef:ab:cd:ef is up', 'link <*> is up'],
    ['link 0a:1b:2c:3d:4e:5f is up', 'link <*> is up'],
    ['to [2001:db8::1]:443 and [::1]', 'to <*> and <*>'],
    ['user= host=web', 'user = <*> host = web'],
    ['tag="nightly run", id=5', 'tag = <*> , id = <*>'],
    ['msg="disk is full" id=5', 'msg = " disk is full " id = <*>'],
    ['source=Work{17 android} done', 'source = <*> done'],
    ['card ****4242 declined', 'card <*> declined'],
    ['com.shop.orders.OrderError thrown', 'com.shop.orders.OrderError thrown'],
    ['value null', 'value <*>'],
    ['', ''],
    ['   ', ''],
  ])('%j is %j', (line, canonical) => {
    expect(canonicalOf(line)).toBe(canonical);
  });

  it('shows people the words of the line', () => {
    expect(explainShape('sent 120 bytes (1.2 KB) to "jo"').shape.template).toBe(
      'sent <*> bytes (<*> KB) to "jo"',
    );
  });

  it('keeps its ids: these are stored with the groups of every user', () => {
    expect(explainShape('connection to 10.0.0.1 refused').shape.key).toBe('cd9966d2c97e58cf');
  });

  it('is one of the bytes alone, whatever came before', () => {
    const line = fc.stringMatching(/^[a-c0 :=("./\-)é]{0,24}$/);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const forwards = keysOf(lines);
        const backwards = keysOf(lines.toReversed()).toReversed();
        expect(forwards).toEqual(backwards);
        expect(forwards).toEqual(lines.map((text) => explainShape(text).shape.key));
      }),
    );
  });

  it('does not depend on which number stands in a line', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (one, other) => {
        expect(canonicalOf(`item ${one} of ${other}`)).toBe(canonicalOf('item 1 of 2'));
      }),
    );
  });

  it('survives any bytes', () => {
    const table = createShapeTable({ capacity: 1_000 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const index = table.indexOf(bytes, 0, bytes.length);
        expect(table.indexOf(bytes, 0, bytes.length)).toBe(index);
      }),
    );
  });

  it('looks at the beginning of long lines only, and cuts between words', () => {
    const beginning = 'word '.repeat(1_000);
    expect(explainShape(`${beginning}one`).shape.key).toBe(explainShape(`${beginning}two`).shape.key);
    expect(canonicalOf('x'.repeat(10_000))).toHaveLength(4_096);
  });
});

describe('the table of shapes', () => {
  it('counts what no longer fits under one shape, and still knows what it had', () => {
    const table = createShapeTable({ capacity: 2 });
    const indexes = ['one', 'two', 'three', 'three', 'two'].map((text) => indexOf(table, text));
    expect(indexes).toEqual([1, 2, OVERFLOW_SHAPE, OVERFLOW_SHAPE, 2]);
    expect(table.overflowed).toBe(2);
    expect(table.size).toBe(3);
  });

  it('forgets texts, never shapes: many texts of one shape', () => {
    const table = createShapeTable({ capacity: 10 });
    const letters = (value: number) =>
      value.toString(26).replaceAll(/\d/g, (digit) => 'qrstuvwxyz'.charAt(Number(digit)));
    const first = indexOf(table, 'open /tmp/first/x failed');
    for (let line = 0; line < 20_000; line += 1) indexOf(table, `open /tmp/${letters(line)}/x failed`);
    expect(indexOf(table, 'open /tmp/first/x failed')).toBe(first);
    expect(table.size).toBe(2);
  });
});

function indexOf(table: ReturnType<typeof createShapeTable>, text: string): number {
  const bytes = encoder.encode(text);
  return table.indexOf(bytes, 0, bytes.length);
}

function keysOf(lines: readonly string[]): string[] {
  const table = createShapeTable({ capacity: 1_000 });
  return lines.map((text) => table.shape(indexOf(table, text)).key);
}
