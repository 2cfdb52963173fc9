import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CatalogIndex, IndexKey } from './catalog.ts';
import { redundantIndexes } from './index-cover.ts';

const key = (column: string, more: Partial<IndexKey> = {}): IndexKey => ({
  column,
  expression: null,
  operatorClass: null,
  collation: null,
  direction: 'asc',
  nulls: 'last',
  ...more,
});

let oid = 1;
function index(
  name: string,
  keys: readonly (string | IndexKey)[],
  more: Partial<CatalogIndex> = {},
): CatalogIndex {
  return {
    schema: 'public',
    table: 'orders',
    name,
    oid: (oid += 1),
    method: 'btree',
    keys: keys.map((one) => (typeof one === 'string' ? key(one) : one)),
    include: [],
    predicate: null,
    unique: false,
    statement: `CREATE INDEX ${name} ON public.orders ()`,
    primary: false,
    constraint: null,
    replicaIdentity: false,
    valid: true,
    parent: null,
    bytes: 1_000_000,
    pages: 122,
    entries: 10_000,
    ...more,
  };
}

const found = (...indexes: CatalogIndex[]): string[] =>
  redundantIndexes({ indexes }).map(({ index, by, kind }) => `${index.name} by ${by.name} (${kind})`);

describe('redundantIndexes', () => {
  it('finds twins and first columns, and keeps the one that can do more', () => {
    expect(found(index('a', ['x']), index('b', ['x']))).toEqual(['b by a (identical)']);
    expect(found(index('short', ['x']), index('long', ['x', 'y']))).toEqual(['short by long (prefix)']);
    expect(found(index('plain', ['x']), index('unique', ['x'], { unique: true }))).toEqual([
      'plain by unique (identical)',
    ]);
    expect(found(index('plain', ['x']), index('with', ['x'], { include: ['y'] }))).toEqual([
      'plain by with (identical)',
    ]);
    expect(
      found(
        index('pk_twin', ['id'], { unique: true }),
        index('pkey', ['id'], { unique: true, primary: true, constraint: 'pkey' }),
      ),
    ).toEqual(['pk_twin by pkey (identical)']);
  });

  it('says of three equal ones that two can go, both because of the one that stays', () => {
    expect(found(index('a', ['x']), index('b', ['x']), index('c', ['x']))).toEqual([
      'b by a (identical)',
      'c by a (identical)',
    ]);
  });

  it.each<[string, CatalogIndex]>([
    ['another predicate', index('other', ['x'], { predicate: 'y IS NULL' })],
    ['another collation', index('other', [key('x', { collation: 'C' })])],
    ['another operator class', index('other', [key('x', { operatorClass: 'text_pattern_ops' })])],
    ['another direction', index('other', [key('x', { direction: 'desc', nulls: 'first' })])],
    ['another method', index('other', ['x'], { method: 'hash' })],
    ['another first column', index('other', ['y', 'x'])],
    ['an index that is not valid', index('other', ['x', 'y'], { valid: false })],
  ])('leaves %s alone', (_, other) => {
    expect(found(index('one', ['x']), other)).toEqual([]);
  });

  it('keeps what enforces something that the other does not', () => {
    expect(found(index('one', ['x'], { unique: true }), index('two', ['x', 'y']))).toEqual([]);
    expect(found(index('one', ['x'], { unique: true }), index('two', ['x', 'y'], { unique: true }))).toEqual(
      [],
    );
    expect(found(index('one', ['x'], { include: ['z'] }), index('two', ['x', 'y']))).toEqual([]);
    expect(
      found(
        index('one', ['x'], { replicaIdentity: true, unique: true }),
        index('two', ['x'], { constraint: 'two', unique: true }),
      ),
    ).toEqual([]);
    expect(found(index('one', ['x'], { parent: 'whole_idx' }), index('two', ['x']))).toEqual([
      'two by one (identical)',
    ]);
    const distinct = 'CREATE UNIQUE INDEX ON public.orders (x) NULLS NOT DISTINCT';
    expect(
      found(
        index('one', ['x'], { unique: true, statement: distinct }),
        index('two', ['x'], { unique: true }),
      ),
    ).toEqual([]);
  });

  it('never lets go of an index and of what serves in its place, in any order', () => {
    const column = fc.constantFrom('x', 'y');
    const one = fc.record({
      keys: fc.array(column, { minLength: 1, maxLength: 3 }),
      unique: fc.boolean(),
      primary: fc.boolean(),
      include: fc.subarray(['z']),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 6 }), fc.integer(), (drafts, turn) => {
        const all = drafts.map(({ keys, ...more }, at) => index(`i${at}`, keys, { oid: at, ...more }));
        const gone = redundantIndexes({ indexes: all });
        const names = new Set(gone.map(({ index }) => index.name));
        expect(gone.some(({ by, index }) => names.has(by.name) || index.primary)).toBe(false);
        const rotated = [...all.slice(turn % (all.length || 1)), ...all.slice(0, turn % (all.length || 1))];
        expect(new Set(redundantIndexes({ indexes: rotated }).map(({ index }) => index.name))).toEqual(names);
      }),
    );
  });
});
