import type { LogLevel } from '../../../core/log/level.ts';
import type { Redactor } from '../../../core/redact.ts';
import type { ExceptionKeyOptions } from '../analyze/exception/key.ts';
import type { GroupIdentity } from '../analyze/segments/groups.ts';
import { createShapeTable } from '../analyze/shape/table.ts';
import { OVERFLOW_SHAPE } from '../analyze/shape/types.ts';
import type { PassingRecord } from './each-record.ts';
import { explainRecord } from './explain-record.ts';
import { createRecordKeys } from './record-keys.ts';

/** A group before anything was merged, as its first record told. */
export interface RecordGroup extends GroupIdentity {
  level: LogLevel;
  count: number;
  firstMs: number;
  /** Number of its first record, counted from 1. */
  firstRecord: number;
  /** Where that was asked for; redacted. */
  steps: readonly string[];
}

export interface RecordGroups {
  /** Hot. Index of the record's group. */
  add(record: PassingRecord): number;
  readonly groups: readonly RecordGroup[];
  /** Records past the cap of groups, which are all in group 0. */
  readonly overflowed: number;
}

export interface RecordGroupsOptions {
  redact: Redactor;
  exceptions: ExceptionKeyOptions;
  explain: boolean;
}

/** As many as one thread tells apart when it ingests. */
const SHAPES = 32_768;
/** With those of exceptions. */
const GROUPS = 65_536;

/** Each record's group, by the same keys as everywhere. Group 0 is that of what is past the caps. */
export function createRecordGroups({ redact, exceptions, explain }: RecordGroupsOptions): RecordGroups {
  const keys = createRecordKeys({ table: createShapeTable({ capacity: SHAPES }), redact, exceptions });
  const groups: RecordGroup[] = [];
  const indexById = new Map<string, number>();
  /** Index + 1 by shape; 0 is none yet. */
  const indexByShape = new Int32Array(SHAPES + 1);
  let records = 0;
  let overflowed = 0;

  const open = (identity: GroupIdentity, record: PassingRecord | null, shape: number): number => {
    const known = indexById.get(identity.id);
    if (known !== undefined) return known;
    if (groups.length >= GROUPS) return 0;
    const index = groups.length;
    const { view, atMs } = record ?? {};
    const title =
      view === undefined || identity.kind === 'exception' ? identity.title : keys.titleOf(view, shape);
    groups.push({
      ...identity,
      title,
      culprit: identity.culprit ?? (view === undefined ? null : keys.loggerOf(view)),
      level: 0,
      count: 0,
      firstMs: atMs ?? 0,
      firstRecord: records,
      steps:
        explain && view !== undefined
          ? explainRecord(view, exceptions).steps.map((step) => redact.text(step))
          : [],
    });
    indexById.set(identity.id, index);
    return index;
  };
  open(keys.messageGroup(OVERFLOW_SHAPE), null, OVERFLOW_SHAPE);

  const indexOf = (record: PassingRecord): number => {
    const { view } = record;
    const shape = keys.shapeIndex(view);
    const exception = keys.exceptionGroup(view, shape);
    if (exception !== null) return open(exception, record, shape);
    const known = indexByShape[shape] ?? 0;
    if (known > 0) return known - 1;
    const index = open(keys.messageGroup(shape), record, shape);
    indexByShape[shape] = index + 1;
    return index;
  };

  return {
    add(record) {
      records += 1;
      const index = indexOf(record);
      if (index === 0) overflowed += 1;
      const group = groups[index];
      if (group === undefined) return 0;
      group.count += 1;
      if (record.view.level > group.level) group.level = record.view.level;
      if (record.atMs < group.firstMs) group.firstMs = record.atMs;
      return index;
    },
    groups,
    get overflowed() {
      return overflowed;
    },
  };
}
