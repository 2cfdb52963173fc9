import { levelName } from '../../../core/log/level.ts';
import type { ByteSlice } from '../../../core/log/record-view.ts';
import { fieldRole, type FieldRole } from '../../_shared/logs/fields/roles.ts';
import {
  type FilteredField,
  type FilteredRecord,
  RECORD_PARTS,
  type RecordPart,
} from '../analyze/query/types.ts';
import type { PassingRecord } from './each-record.ts';
import { endpointOf } from './field-use.ts';

const MAX_FIELDS = 256;
const MAX_VALUE = 4_096;
const ROLE_MEMO = 10_000;

export interface RecordFilterView {
  /** One object, filled anew each time. */
  of(record: PassingRecord): FilteredRecord;
  /** As it is written in the record that `of` was called with last; null where that has none. `name` is in lower case. */
  valueOf(name: string): string | null;
}

/** Records as filters see them. */
export function createFilteredRecord(): RecordFilterView {
  const roles = new Map<string, { name: string; role: FieldRole | null }>();
  let passing: PassingRecord | null = null;
  let texts: Partial<Record<RecordPart, string>> = {};
  let fields: WrittenField[] | null = null;

  const named = (name: string): { name: string; role: FieldRole | null } => {
    const known = roles.get(name);
    if (known !== undefined) return known;
    const made = { name: name.toLowerCase(), role: fieldRole(name) };
    if (roles.size >= ROLE_MEMO) roles.clear();
    roles.set(name, made);
    return made;
  };

  const readFields = ({ view, format }: PassingRecord): WrittenField[] => {
    const read: WrittenField[] = [];
    format.fields(view, (name, value) => {
      if (read.length >= MAX_FIELDS) return;
      const written = value.slice(0, MAX_VALUE);
      read.push({ ...named(name), value: written.toLowerCase(), written });
    });
    return read;
  };

  const filtered: FilteredRecord = {
    level: 0,
    atMs: 0,
    part(name) {
      if (passing === null) return '';
      return (texts[name] ??= partOf(passing, name).toLowerCase());
    },
    fields() {
      if (passing === null) return [];
      return (fields ??= readFields(passing));
    },
  };

  return {
    of(record) {
      passing = record;
      texts = {};
      fields = null;
      filtered.level = record.view.level;
      filtered.atMs = record.atMs;
      return filtered;
    },
    valueOf(name) {
      if (passing === null) return null;
      if (name === 'level') return levelName(passing.view.level);
      const part = RECORD_PARTS.find((known) => known === name);
      if (part !== undefined) return textOrNull(partOf(passing, part));
      fields ??= readFields(passing);
      const field = fields.find((one) => one.name === name || one.role === name);
      if (field === undefined) return null;
      return textOrNull(field.role === 'endpoint' ? endpointOf(field.written) : field.written);
    },
  };
}

/** With the value as it came. */
interface WrittenField extends FilteredField {
  written: string;
}

function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}

function partOf({ stream, view }: PassingRecord, name: RecordPart): string {
  if (name === 'log') return stream.name;
  const { bytes, start, end } = sliceOf(view, name);
  // Half the time of a decoder made for each text.
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}

function sliceOf(view: PassingRecord['view'], name: Exclude<RecordPart, 'log'>): ByteSlice {
  if (name === 'text') return view.raw;
  if (name === 'logger') return view.logger;
  if (name === 'exception') return view.exceptionType;
  return view.message.start < view.message.end ? view.message : view.raw;
}
