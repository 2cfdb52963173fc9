import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { formatDuration } from '../../../../core/duration.ts';
import type { Evidence } from '../../../../core/finding.ts';
import { percent } from '../../../../core/rounding.ts';
import type { Severity } from '../../../../core/severity.ts';
import { quoteIdentifier } from '../../../_shared/database/index-statement.ts';
import type { IntegerKey, SequenceState } from '../../../_shared/database/postgres/sequences.ts';
import { databaseSubject, tableSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { trackerFinding } from '../finding.ts';
import { analyzeCheck, bothEnds, type Look, together, whereKnown } from '../look.ts';

const LIMITS: Readonly<Record<string, number>> = {
  smallint: 32_767,
  integer: 2_147_483_647,
  // Beyond this a number is not exact here; no key gets near it.
  bigint: Number.MAX_SAFE_INTEGER,
};

/** A counter and what ends it: the sequence, the column it fills, or a column that refers to that. */
interface KeySpace {
  /** `public.events id`, or `public.tickets_seq` without a column. */
  name: string;
  current: number;
  limit: number;
  sequence: string | null;
  /** What the sequence itself holds; null: it grows with its column (identity), or is not known. */
  sequenceLimit: number | null;
  column: { schema: string; table: string; column: string; type: string } | null;
  /** Of a column that refers to the key: the key. */
  refersTo: string | null;
}

const RULE = RULES.sequenceOverflow;

export function assessKeys(look: Look): Assessment {
  const { parts } = look.end;
  return whereKnown(look, [RULE], together(parts.sequences, parts.integerKeys), ([sequences, keys]) => {
    const assessment = emptyAssessment();
    for (const space of keySpaces(sequences, keys)) {
      const subject = tableSubject(look.target, space.name);
      assessment.checked.push({ subject, rule: RULE });
      const used = space.current / space.limit;
      const severity = severityOf(used, look);
      if (severity === null) continue;
      assessment.findings.push(
        trackerFinding(RULE, subject, {
          title: `${space.name} has used ${percent(used)} % of its numbers`,
          severity,
          confidence: 'proven',
          evidence: evidenceOf(space, look),
          impact: {
            summary: 'When the last number is used, every insert into this table fails.',
            basis: 'modelled',
          },
          ...fixOf(space),
          check: analyzeCheck(look.target, RULE, subject),
        }),
      );
    }
    const hidden = sequences.filter(({ readable }) => !readable);
    if (hidden.length > 0) assessment.notChecked.push(unreadable(look, hidden));
    return assessment;
  });
}

function severityOf(used: number, { options }: Look): Severity | null {
  const { keyLowShare, keyHighShare, keyCriticalShare } = options.storage;
  if (used >= keyCriticalShare) return 'critical';
  if (used >= keyHighShare) return 'high';
  return used >= keyLowShare ? 'low' : null;
}

/** Each counter once, with the narrowest thing that ends it. */
export function keySpaces(sequences: readonly SequenceState[], keys: readonly IntegerKey[]): KeySpace[] {
  const spaces = new Map<string, KeySpace>();
  for (const sequence of sequences) {
    const { ownedBy, lastValue, increment, cycles, maximum } = sequence;
    if (cycles || increment < 0 || lastValue === null) continue;
    const name = `${sequence.schema}.${sequence.name}`;
    const key = ownedBy === null ? name : `${ownedBy.schema}.${ownedBy.table} ${ownedBy.column}`;
    const limit = Math.min(maximum, LIMITS[ownedBy?.type ?? 'bigint'] ?? maximum);
    spaces.set(key, {
      name: key,
      current: lastValue,
      limit,
      sequence: name,
      sequenceLimit: ownedBy?.identity ? null : maximum,
      column: ownedBy,
      refersTo: null,
    });
  }
  for (const { schema, table, column, type, limit, references, sequence, current } of keys) {
    if (current === null) continue;
    const name = `${schema}.${table} ${column}`;
    const before = spaces.get(name);
    spaces.set(name, {
      name,
      current,
      limit: Math.min(limit, before?.limit ?? limit),
      sequence: before?.sequence ?? sequence,
      sequenceLimit: before?.sequenceLimit ?? null,
      column: { schema, table, column, type },
      refersTo: references === null ? null : `${references.schema}.${references.table} ${references.column}`,
    });
  }
  return [...spaces.values()];
}

function evidenceOf(space: KeySpace, look: Look): Evidence[] {
  const left = timeLeft(space, look);
  return [
    { label: 'stands at', value: space.current, unit: `of ${space.limit}` },
    ...(space.column === null ? [] : [{ label: 'type of the column', value: space.column.type }]),
    ...(space.refersTo === null ? [] : [{ label: 'refers to', value: space.refersTo }]),
    ...(left === null ? [] : [{ label: 'left at the pace of this window', value: formatDuration(left) }]),
  ];
}

/** null when the counter did not move in the window, or there is none. */
function timeLeft({ sequence, current, limit }: KeySpace, look: Look): number | null {
  const ends = bothEnds(look, 'sequences');
  if (!ends.known || sequence === null) return null;
  const { before, seconds } = ends.value;
  const then = before.find(({ schema, name }) => `${schema}.${name}` === sequence)?.lastValue ?? null;
  if (then === null || current <= then || seconds <= 0) return null;
  return ((limit - current) / ((current - then) / seconds)) * 1_000;
}

function fixOf({ column, sequence, sequenceLimit, limit }: KeySpace): { steps: string[]; patch: string } {
  const widerSequence = `ALTER SEQUENCE ${quotedName(sequence ?? '')} AS bigint MAXVALUE 9223372036854775807;`;
  if (column === null || (LIMITS[column.type] ?? 0) > limit) {
    return {
      steps: ['Only the sequence is narrow, not its column: this changes the catalogue and takes a moment.'],
      patch: widerSequence,
    };
  }
  const table = `${quoteIdentifier(column.schema)}.${quoteIdentifier(column.table)}`;
  const wide = quoteIdentifier(column.column);
  return {
    steps: [
      'The statement rewrites the table and locks everybody out meanwhile: fine for a small one.',
      'For a large one add a bigint column, keep it up to date by a trigger, fill it in batches, build its unique index concurrently, then swap the names in one short transaction.',
      'Widen the columns that refer to it first; they are narrower than what they will have to hold.',
    ],
    patch: [
      `ALTER TABLE ${table} ALTER COLUMN ${wide} TYPE bigint;`,
      ...(sequenceLimit !== null && sequenceLimit <= limit ? [widerSequence] : []),
    ].join(' '),
  };
}

function quotedName(name: string): string {
  return name.split('.').map(quoteIdentifier).join('.');
}

function unreadable(
  { target, end }: Look,
  hidden: readonly SequenceState[],
): Assessment['notChecked'][number] {
  const schemas = [...new Set(hidden.map(({ schema }) => quoteIdentifier(schema)))];
  const grants = schemas.map(
    (schema) => `GRANT SELECT ON ALL SEQUENCES IN SCHEMA ${schema} TO ${quoteIdentifier(end.server.user)};`,
  );
  return {
    subject: databaseSubject(target),
    rules: [RULE.id],
    reason: `${hidden.length} sequences cannot be read`,
    hint: grants.join(' '),
  };
}
