import type { AttributeSample } from '../../model.ts';

/** Rows of fields, as codes: so small that thousands of sets can be counted over them. */
export interface Rows {
  count: number;
  /** How many records each row stands for. */
  weights: Float64Array;
  /** `count` times the number of fields; index of the value, or ABSENT. */
  codes: Int32Array;
}

/** The same fields of errors and of traffic, before and after the change. */
export interface Observations {
  fields: readonly string[];
  /** Names of the values of each field by code. */
  values: readonly (readonly string[])[];
  errorsBefore: Rows;
  errorsAfter: Rows;
  trafficBefore: Rows;
  trafficAfter: Rows;
  /** Of errors and of traffic. */
  minutesBefore: number;
  trafficMinutesBefore: number;
  minutesAfter: number;
}

export const ABSENT = -1;
const MAX_FIELDS = 40;
/** Values past this many of a field are one, so that a field of ids stays cheap. */
const MAX_VALUES = 2_000;
const BEYOND = '(others)';
/** Rows of a part past this are thinned out evenly; a share is then known to about 1 %. */
const MAX_ROWS = 2_000;
/** Traffic of this time before the change says what is usual; its mix moves with the time of day. */
const USUAL_TRAFFIC_MS = 2 * 60 * 60_000;
/** Names that tell one record from another; whatever else does so shows in the counts. */
const IDENTITIES: ReadonlySet<string> = new Set([
  'trace',
  'span',
  'request',
  'traceId',
  'spanId',
  'requestId',
]);

export interface ObservationSpan {
  groups: ReadonlySet<string>;
  fromMs: number;
  changeMs: number;
  toMs: number;
}

/** Fields are those that errors after the change carry, the most carried ones first. */
export function readObservations(
  samples: readonly AttributeSample[],
  { groups, fromMs, changeMs, toMs }: ObservationSpan,
): Observations {
  // In the order of time, so that what is left after thinning does not depend on how windows were merged.
  const within = samples
    .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
    .toSorted((a, b) => a.atMs - b.atMs);
  const errors = within.filter(({ group }) => group !== null && groups.has(group));
  const traffic = within.filter(({ group, atMs }) => group === null && atMs >= changeMs - USUAL_TRAFFIC_MS);
  const isAfter = ({ atMs }: AttributeSample): boolean => atMs >= changeMs;
  const isBefore = (sample: AttributeSample): boolean => !isAfter(sample);
  const fields = commonFields(errors.filter(isAfter));
  const codes = fields.map(() => new Map<string, number>());
  const encode = (rows: readonly AttributeSample[]): Rows => encodeRows(thinned(rows), fields, codes);
  const parts = {
    errorsAfter: encode(errors.filter(isAfter)),
    errorsBefore: encode(errors.filter(isBefore)),
    trafficAfter: encode(traffic.filter(isAfter)),
    trafficBefore: encode(traffic.filter(isBefore)),
  };
  return {
    ...parts,
    fields,
    values: codes.map((map) => [...map.keys()]),
    minutesBefore: Math.max(1, (changeMs - fromMs) / 60_000),
    trafficMinutesBefore: Math.max(1, Math.min(USUAL_TRAFFIC_MS, changeMs - fromMs) / 60_000),
    minutesAfter: Math.max(1, (toMs - changeMs) / 60_000),
  };
}

function commonFields(errors: readonly AttributeSample[]): string[] {
  const carried = new Map<string, number>();
  for (const { fields } of errors) {
    for (const name of Object.keys(fields)) carried.set(name, (carried.get(name) ?? 0) + 1);
  }
  return [...carried]
    .filter(([name]) => !IDENTITIES.has(name))
    .toSorted(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .slice(0, MAX_FIELDS)
    .map(([name]) => name);
}

/** Every n-th row, each standing for n. */
function thinned(rows: readonly AttributeSample[]): readonly AttributeSample[] {
  const step = Math.ceil(rows.length / MAX_ROWS);
  if (step <= 1) return rows;
  return rows.flatMap((row, index) => (index % step === 0 ? [{ ...row, weight: row.weight * step }] : []));
}

function encodeRows(
  samples: readonly AttributeSample[],
  fields: readonly string[],
  codes: readonly Map<string, number>[],
): Rows {
  const rows: Rows = {
    count: samples.length,
    weights: Float64Array.from(samples, ({ weight }) => weight),
    codes: new Int32Array(samples.length * fields.length).fill(ABSENT),
  };
  for (const [row, sample] of samples.entries()) {
    for (const [field, name] of fields.entries()) {
      if (!Object.hasOwn(sample.fields, name)) continue;
      const known = codes[field];
      const value = sample.fields[name];
      if (known !== undefined && value !== undefined)
        rows.codes[row * fields.length + field] = codeOf(known, value);
    }
  }
  return rows;
}

function codeOf(known: Map<string, number>, value: string): number {
  const name = known.has(value) || known.size < MAX_VALUES ? value : BEYOND;
  const code = known.get(name) ?? known.size;
  known.set(name, code);
  return code;
}
