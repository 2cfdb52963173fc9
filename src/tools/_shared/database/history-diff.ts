import type { CounterSnapshot, HistoryTopic } from './history.ts';

/** Rows of one look as what differs from the look before: most statements and tables are idle most of the time. */
interface RowsDiff {
  /** By id: fields that changed; of a row that is new, all. */
  changed: (readonly [RowId, Row])[];
  gone: RowId[];
}

type RowId = string | number;
type Row = Readonly<Record<string, unknown>>;
type Value = Readonly<Record<string, unknown>> | readonly Row[];

interface RowList {
  idOf: (row: Row) => RowId;
  /** Under which name the rows stand in the value; null: they are the value. */
  field: string | null;
  /** Moves by itself, in every row: not kept between two complete looks. */
  ignored: readonly string[];
}

const LISTS: Readonly<Partial<Record<HistoryTopic, RowList>>> = {
  statements: { idOf: ({ key }) => String(key), field: 'statements', ignored: [] },
  tables: { idOf: ({ oid }) => Number(oid), field: null, ignored: ['frozenXidAge', 'multixactAge'] },
  indexes: { idOf: ({ oid }) => Number(oid), field: 'indexes', ignored: [] },
  sequences: { idOf: ({ schema, name }) => JSON.stringify([schema, name]), field: null, ignored: [] },
};

type Parts = CounterSnapshot['parts'];
/** As Parts, with the rows of each list as a RowsDiff. */
export type PartsDiff = Readonly<Record<HistoryTopic, unknown>>;

type AnyReading = { known: true; value: Value } | { known: false };

/** What is to be kept of a look after the one before; nothing before: everything, in the same form. */
export function diffParts(before: Parts | null, after: Parts): PartsDiff {
  return mapParts(after, (topic, reading) => {
    const list = LISTS[topic];
    if (!reading.known || list === undefined) return reading;
    const old = before?.[topic] as AnyReading | undefined;
    const rows = diffRows(
      old?.known === true ? rowsOf(old.value, list) : [],
      rowsOf(reading.value, list),
      list,
    );
    return {
      known: true,
      value: list.field === null ? rows : { ...(reading.value as Row), [list.field]: rows },
    };
  });
}

/** Undoes diffParts. */
export function applyParts(before: Parts | null, diff: PartsDiff): Parts {
  return mapParts(diff, (topic, reading) => {
    const list = LISTS[topic];
    if (!reading.known || list === undefined) return reading;
    const old = before?.[topic] as AnyReading | undefined;
    const value = reading.value as Row;
    const diffed = list.field === null ? value : value[list.field];
    const rows = applyRows(old?.known === true ? rowsOf(old.value, list) : [], diffed as RowsDiff, list);
    return { known: true, value: list.field === null ? rows : { ...value, [list.field]: rows } };
  }) as Parts;
}

function mapParts(
  parts: Readonly<Record<HistoryTopic, unknown>>,
  change: (topic: HistoryTopic, reading: AnyReading) => unknown,
): PartsDiff {
  const entries = Object.entries(parts) as [HistoryTopic, AnyReading][];
  return Object.fromEntries(entries.map(([topic, reading]) => [topic, change(topic, reading)])) as PartsDiff;
}

function rowsOf(value: Value, { field }: RowList): readonly Row[] {
  return (field === null ? value : (value as Row)[field]) as readonly Row[];
}

function diffRows(before: readonly Row[], after: readonly Row[], { idOf, ignored }: RowList): RowsDiff {
  const old = new Map(before.map((row) => [idOf(row), row]));
  const changed: [RowId, Row][] = [];
  for (const row of after) {
    const id = idOf(row);
    const fields = changedFields(old.get(id), row);
    old.delete(id);
    if (Object.keys(fields).some((name) => !ignored.includes(name))) changed.push([id, fields]);
  }
  return { changed, gone: [...old.keys()] };
}

function changedFields(old: Row | undefined, row: Row): Row {
  if (old === undefined) return row;
  return Object.fromEntries(Object.entries(row).filter(([name, value]) => !isSame(old[name], value)));
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  return (
    typeof one === 'object' && typeof other === 'object' && JSON.stringify(one) === JSON.stringify(other)
  );
}

function applyRows(before: readonly Row[], { changed, gone }: RowsDiff, { idOf }: RowList): Row[] {
  const rows = new Map(before.map((row) => [idOf(row), row]));
  for (const id of gone) rows.delete(id);
  for (const [id, fields] of changed) rows.set(id, { ...rows.get(id), ...fields });
  return [...rows.values()];
}
