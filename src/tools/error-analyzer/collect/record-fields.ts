import { isSecretName, type Redactor } from '../../../core/redact.ts';
import { capText, oneLine } from '../../../core/text.ts';
import type { RecordView } from '../../../core/log/record-view.ts';
import type { LogFormat } from '../../_shared/logs/format.ts';
import { LIMIT } from '../analyze/segments/limits.ts';
import { HIDDEN_USER } from '../analyze/segments/hide-user.ts';
import { endpointOf, fieldUse, type FieldUse } from './field-use.ts';

/** The fields of one record by what they mean to us. One object, filled anew for each record. */
export interface RecordFields {
  /** As written, for samples: the first ones. Not redacted, but for who the user is. */
  all: Record<string, string>;
  /** Name and value of those whose values are counted; redacted. */
  counted: Record<string, string>;
  /** As written: only ever counted, and hidden in samples. */
  user: string | null;
  /** Redacted, as are those of traces. */
  request: string | null;
  trace: string | null;
}

export type FieldReader = (view: RecordView, format: LogFormat) => RecordFields;

const MEMO_ENTRIES = 10_000;
const NAME_CHARS = 80;
/** Of a value that is cut when it is redacted: a secret must not lose its form before. */
const UNCUT_CHARS = LIMIT.fieldChars + 300;
/** Ids as most are: nothing in them to redact. */
const PLAIN_ID = /^[0-9a-f-]{1,12}$|^(?=[0-9-]{0,12}[a-f])[0-9a-f-]{13,64}$/;

interface KnownName {
  /** Cleaned and redacted: whoever sends records chooses names, too. */
  name: string;
  use: FieldUse;
}

/** Reads fields of records. Names and values are remembered: most come again, and redaction is dear. */
export function createFieldReader(redact: Redactor): FieldReader {
  const names = new Map<string, KnownName>();
  const redacted = new Map<string, string>();
  let fields = emptyFields();
  let kept = 0;

  const cleaned = (value: string): string => {
    const known = redacted.get(value);
    if (known !== undefined) return known;
    const clean = redact.text(oneLine(value));
    remember(redacted, value, clean);
    return clean;
  };

  const nameOf = (written: string): KnownName => {
    let known = names.get(written);
    if (known === undefined) {
      const use = isSecretName(written) ? 'secret' : fieldUse(written);
      known = { name: capText(redact.text(oneLine(written)), NAME_CHARS), use };
      remember(names, written, known);
    }
    return known;
  };

  const sink = (written: string, value: string): void => {
    if (value === '' || written === '__proto__') return;
    const { name, use } = nameOf(written);
    if (use === 'ignored') return;
    if (kept < LIMIT.sampleFields && !Object.hasOwn(fields.all, name)) {
      kept += 1;
      fields.all[name] = use === 'user' ? HIDDEN_USER : value.slice(0, UNCUT_CHARS);
    }
    if (use === 'user') fields.user ??= value.slice(0, LIMIT.valueChars);
    else if (use === 'request' || use === 'trace')
      fields[use] ??= PLAIN_ID.test(value)
        ? value
        : cleaned(value.slice(0, UNCUT_CHARS)).slice(0, LIMIT.valueChars);
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
