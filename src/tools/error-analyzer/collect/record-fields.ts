import { isSecretName, type Redactor } from '../../../core/redact.ts';
import type { RecordView } from '../../../core/log/record-view.ts';
import type { LogFormat } from '../../_shared/logs/format.ts';
import { LIMIT } from '../analyze/segments/limits.ts';
import { endpointOf, fieldUse, type FieldUse } from './field-use.ts';

/** The fields of one record by what they mean to us. One object, filled anew for each record. */
export interface RecordFields {
  /** As written, for samples: the first ones. Not redacted. */
  all: Record<string, string>;
  /** Name and value of those whose values are counted; redacted. */
  counted: Record<string, string>;
  user: string | null;
  request: string | null;
  trace: string | null;
}

export type FieldReader = (view: RecordView, format: LogFormat) => RecordFields;

const MEMO_ENTRIES = 10_000;

/** Reads fields of records. Names and values are remembered: most come again, and redaction is dear. */
export function createFieldReader(redact: Redactor): FieldReader {
  const uses = new Map<string, FieldUse>();
  const redacted = new Map<string, string>();
  let fields = emptyFields();
  let kept = 0;

  const cleaned = (value: string): string => {
    const known = redacted.get(value);
    if (known !== undefined) return known;
    const clean = redact.text(value);
    remember(redacted, value, clean);
    return clean;
  };

  const sink = (name: string, value: string): void => {
    if (value === '' || name === '__proto__') return;
    let use = uses.get(name);
    if (use === undefined) {
      use = isSecretName(name) ? 'secret' : fieldUse(name);
      remember(uses, name, use);
    }
    if (use === 'ignored') return;
    if (kept < LIMIT.sampleFields && !Object.hasOwn(fields.all, name)) {
      kept += 1;
      fields.all[name] = value.length > LIMIT.fieldChars ? `${value.slice(0, LIMIT.fieldChars)}…` : value;
    }
    if (use === 'user' || use === 'request' || use === 'trace')
      fields[use] ??= value.slice(0, LIMIT.valueChars);
    else if (use === 'endpoint') count(use, endpointOf(value));
    else if (use !== 'secret' && use !== 'shown') count(use === 'counted' ? name : use, value);
  };

  const count = (name: string, value: string): void => {
    if (Object.hasOwn(fields.counted, name)) return;
    if (value.length <= LIMIT.valueChars) fields.counted[name] = cleaned(value);
  };

  return (view, format) => {
    fields = emptyFields();
    kept = 0;
    format.fields(view, sink);
    return fields;
  };
}

function emptyFields(): RecordFields {
  return { all: {}, counted: {}, user: null, request: null, trace: null };
}

function remember<V>(memo: Map<string, V>, key: string, value: V): void {
  if (memo.size >= MEMO_ENTRIES) memo.clear();
  memo.set(key, value);
}
