/** Names of the fields that are numbers, or may be unknown. */
export type CounterOf<Row> = {
  [Field in keyof Row]-?: Row[Field] extends number | null ? Field : never;
}[keyof Row];

export interface CounterDelta<Field extends PropertyKey> {
  /** null: unknown before or now. */
  values: Readonly<Record<Field, number | null>>;
  /** lower-bound: the counters were reset in between, so at least this much happened. */
  exactness: 'exact' | 'lower-bound';
}

/**
 * What counters of one thing (a table, an index, a database) grew by. Never negative: if one of them fell, all began
 * anew. Without an earlier row the thing is new, and all it counts happened since.
 */
export function counterDelta<Row, Field extends CounterOf<Row>>(
  before: Row | undefined,
  after: Row,
  fields: readonly Field[],
): CounterDelta<Field> {
  const value = (row: Row, field: Field): number | null => row[field] as number | null;
  const wasReset =
    before !== undefined &&
    fields.some((field) => (value(after, field) ?? Infinity) < (value(before, field) ?? 0));
  const base = wasReset ? undefined : before;
  const difference = (field: Field): number | null => {
    const now = value(after, field);
    const earlier = base === undefined ? 0 : value(base, field);
    return now === null || earlier === null ? null : now - earlier;
  };
  return {
    values: Object.fromEntries(fields.map((field) => [field, difference(field)])) as Record<
      Field,
      number | null
    >,
    exactness: wasReset ? 'lower-bound' : 'exact',
  };
}

/** The same for many of them, by key; what is only in `before` is gone and left out. */
export function counterDeltas<Row, Field extends CounterOf<Row>>(
  before: readonly Row[],
  after: readonly Row[],
  keyOf: (row: Row) => string | number,
  fields: readonly Field[],
): Map<string | number, CounterDelta<Field> & { row: Row }> {
  const earlier = new Map(before.map((row) => [keyOf(row), row]));
  return new Map(
    after.map((row) => [keyOf(row), { row, ...counterDelta(earlier.get(keyOf(row)), row, fields) }]),
  );
}
