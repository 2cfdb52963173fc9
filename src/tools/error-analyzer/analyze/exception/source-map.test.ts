import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTrace } from '../../../_shared/logs/trace/parse.ts';
import { exceptionKey } from './key.ts';
import { originalPlace, parseSourceMap, type SourceMap } from './source-map.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function vlq(value: number): string {
  let rest = value < 0 ? -value * 2 + 1 : value * 2;
  let text = '';
  do {
    const digit = rest % 32;
    rest = Math.floor(rest / 32);
    text += ALPHABET[rest > 0 ? digit + 32 : digit];
  } while (rest > 0);
  return text;
}

interface Mapping {
  column: number;
  source: number;
  line: number;
  sourceColumn: number;
  name: number;
}

/** All on the first generated line, ascending. */
function encode(mappings: readonly Mapping[]): string {
  let before: Mapping = { column: 0, source: 0, line: 0, sourceColumn: 0, name: 0 };
  return mappings
    .map((mapping) => {
      const numbers = (['column', 'source', 'line', 'sourceColumn', 'name'] as const).map((field) =>
        vlq(mapping[field] - before[field]),
      );
      before = mapping;
      return numbers.join('');
    })
    .join(',');
}

function mapOf(mappings: string, more: object = {}): SourceMap {
  const text = JSON.stringify({
    version: 3,
    sources: ['webpack://shop/./src/cart.ts', '../src/web.ts'],
    names: ['total', 'addLine'],
    mappings,
    ...more,
  });
  return parseSourceMap(text)!;
}

describe('source maps', () => {
  it('give back every position that was put in', () => {
    const mapping = fc.record({
      column: fc.nat(1_000_000),
      source: fc.nat(1),
      line: fc.nat(2 ** 30),
      sourceColumn: fc.nat(5000),
      name: fc.nat(1),
    });
    fc.assert(
      fc.property(fc.uniqueArray(mapping, { selector: ({ column }) => column, minLength: 1 }), (unsorted) => {
        const mappings = unsorted.toSorted((a, b) => a.column - b.column);
        const map = mapOf(encode(mappings));
        for (const { column, source, line, sourceColumn, name } of mappings) {
          expect(originalPlace(map, 1, column + 1)).toEqual({
            file: ['src/cart.ts', 'src/web.ts'][source],
            line: line + 1,
            column: sourceColumn + 1,
            name: ['total', 'addLine'][name],
          });
        }
      }),
    );
  });

  it('stay within their line and say nothing before their first position', () => {
    const map = mapOf(';KAAA');
    expect(originalPlace(map, 1, 9)).toBeNull();
    expect(originalPlace(map, 2, 5)).toBeNull();
    expect(originalPlace(map, 2, 6)).toEqual({ file: 'src/cart.ts', line: 1, column: 1, name: null });
    expect(originalPlace(map, 3, 1)).toBeNull();
  });

  it('read maps of sections, and what is before JSON against running it', () => {
    const inner = { version: 3, sources: ['a.ts'], names: [], mappings: 'AAAA' };
    const text = JSON.stringify({ version: 3, sections: [{ offset: { line: 2, column: 4 }, map: inner }] });
    expect(originalPlace(parseSourceMap(`)]}'\n${text}`)!, 3, 5)?.file).toBe('a.ts');
  });

  it.each(['', '[]', 'null', '{"version":2}', '{"version":3,"sources":[],"mappings":4}', '{'])(
    'are not made of %j',
    (text) => {
      expect(parseSourceMap(text)).toBeNull();
    },
  );

  it('survive any mappings', () => {
    fc.assert(
      fc.property(fc.string(), (mappings) => {
        expect(parseSourceMap(JSON.stringify({ version: 3, sources: [], mappings }))).not.toBeNull();
      }),
    );
  });
});

describe('a trace of a bundle', () => {
  it('has the key of its source whatever the build made of it', () => {
    // Function `total` of cart.ts is called in web.ts.
    const maps: Readonly<Record<string, SourceMap>> = {
      'main.3f9ab2c1.js': mapOf(
        encode([
          { column: 10, source: 0, line: 4, sourceColumn: 2, name: 1 },
          { column: 90, source: 1, line: 30, sourceColumn: 4, name: 0 },
        ]),
      ),
      'main.77ab00de.js': mapOf(
        encode([
          { column: 55, source: 0, line: 9, sourceColumn: 2, name: 1 },
          { column: 80, source: 1, line: 12, sourceColumn: 4, name: 0 },
        ]),
      ),
    };
    const keyOf = (file: string, columns: readonly number[], names: readonly string[]): string => {
      const frames = columns.map(
        (column, index) => `    at ${names[index]} (/srv/static/${file}:1:${column})`,
      );
      const trace = parseTrace(['RangeError: too many', ...frames].join('\n'))!;
      return exceptionKey(trace, (text) => ({ canonical: text, template: text }), {
        sourceMaps: Object.entries(maps).map(([name, map]) => ({ file: `static/${name}`, map })),
      }).exact;
    };
    const source = parseTrace('RangeError: too many\n    at total (/home/dana/shop/src/cart.ts:1:1)')!;
    const expected = exceptionKey(source, (text) => ({ canonical: text, template: text })).exact;
    expect(keyOf('main.3f9ab2c1.js', [12, 93], ['t', 'e.n'])).toBe(expected);
    expect(keyOf('main.77ab00de.js', [60, 81], ['r', 'Object.q'])).toBe(expected);
  });
});
