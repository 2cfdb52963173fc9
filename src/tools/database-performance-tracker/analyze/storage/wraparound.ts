import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { formatDuration } from '../../../../core/duration.ts';
import type { Evidence } from '../../../../core/finding.ts';
import { percent } from '../../../../core/rounding.ts';
import type { Severity } from '../../../../core/severity.ts';
import { quoteIdentifier } from '../../../_shared/database/index-statement.ts';
import type { TableStatistics } from '../../../_shared/database/postgres/tables.ts';
import type { Wraparound } from '../../../_shared/database/postgres/wraparound.ts';
import { databaseSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { trackerFinding } from '../finding.ts';
import { analyzeCheck, bothEnds, type Look, whereKnown } from '../look.ts';

/** Ids are compared modulo 2^32: half of them are the past. The server refuses writes three million before the end. */
const USABLE_IDS = 2 ** 31 - 3_000_000;
const HIGH_SHARE = 0.4;
const CRITICAL_SHARE = 0.75;
/** From freeze_max_age on an autovacuum that does not give way comes by itself: past it by this, it does not. */
const PAST_FREEZE = 1.5;

const RULE = RULES.wraparound;

interface Age {
  kind: 'transaction ids' | 'multixact ids';
  database: string;
  age: number;
  freezeMaxAge: number;
  /** Ids given out a second in the window; null: no window, or not readable. */
  perSecond: number | null;
}

export function assessWraparound(look: Look): Assessment {
  return whereKnown(look, [RULE], look.end.parts.wraparound, (now) => {
    const subject = databaseSubject(look.target);
    const worst = agesOf(look, now)
      .map((age) => ({ ...age, severity: severityOf(age) }))
      .filter((age): age is Age & { severity: Severity } => age.severity !== null)
      .toSorted((a, b) => b.age - a.age);
    const [first] = worst;
    if (first === undefined) return { ...emptyAssessment(), checked: [{ subject, rule: RULE }] };
    const { tables } = look.end.parts;
    const oldest = tables.known ? oldestTable(tables.value, first) : null;
    return {
      ...emptyAssessment(),
      checked: [{ subject, rule: RULE }],
      findings: [
        trackerFinding(RULE, subject, {
          title: `${first.database} has used ${percent(first.age / USABLE_IDS)} % of its ${first.kind}`,
          severity: first.severity,
          confidence: 'proven',
          evidence: [
            ...worst.flatMap(evidenceOf),
            ...(oldest === null ? [] : [{ label: 'oldest table', value: `${oldest.schema}.${oldest.name}` }]),
          ],
          impact: {
            summary: 'When none is left the server refuses every write until a vacuum has been through.',
            basis: 'modelled',
          },
          steps: [
            'End what holds the oldest id back: `rearguard db current-state` names sessions, slots and prepared transactions.',
            `Then vacuum the oldest tables of ${first.database}; that locks out neither readers nor writers.`,
          ],
          patch:
            oldest === null
              ? 'VACUUM (FREEZE);'
              : `VACUUM (FREEZE, VERBOSE) ${quoteIdentifier(oldest.schema)}.${quoteIdentifier(oldest.name)};`,
          check: analyzeCheck(look.target, RULE, subject),
        }),
      ],
    };
  });
}

function agesOf(look: Look, now: Wraparound): Age[] {
  const ends = bothEnds(look, 'wraparound');
  const rate = (of: (one: Wraparound) => number | null): number | null => {
    if (!ends.known || ends.value.seconds <= 0) return null;
    const [before, after] = [of(ends.value.before), of(ends.value.after)];
    return before === null || after === null || after < before ? null : (after - before) / ends.value.seconds;
  };
  const xidRate = rate(({ xidCounter }) => xidCounter);
  const multixactRate = rate(({ multixactCounter }) => multixactCounter);
  return now.databases.flatMap(({ name, xidAge, multixactAge }): Age[] => [
    {
      kind: 'transaction ids',
      database: name,
      age: xidAge,
      freezeMaxAge: now.freezeMaxAge,
      perSecond: xidRate,
    },
    {
      kind: 'multixact ids',
      database: name,
      age: multixactAge,
      freezeMaxAge: now.multixactFreezeMaxAge,
      perSecond: multixactRate,
    },
  ]);
}

function severityOf({ age, freezeMaxAge }: Age): Severity | null {
  if (age >= CRITICAL_SHARE * USABLE_IDS) return 'critical';
  const isPast = age >= PAST_FREEZE * freezeMaxAge;
  return isPast || (age > freezeMaxAge && age >= HIGH_SHARE * USABLE_IDS) ? 'high' : null;
}

function evidenceOf({ kind, database, age, freezeMaxAge, perSecond }: Age): Evidence[] {
  const left = perSecond === null || perSecond <= 0 ? null : ((USABLE_IDS - age) / perSecond) * 1_000;
  return [
    { label: `${kind} of ${database}`, value: age, unit: `old (freezing is forced at ${freezeMaxAge})` },
    ...(left === null ? [] : [{ label: 'left at the pace of this window', value: formatDuration(left) }]),
  ];
}

/** Only tables of the database we are connected to can be seen. */
function oldestTable(tables: readonly TableStatistics[], { kind }: Age): TableStatistics | null {
  const ageOf = (table: TableStatistics): number =>
    kind === 'transaction ids' ? table.frozenXidAge : table.multixactAge;
  return tables.reduce<TableStatistics | null>(
    (oldest, table) => (oldest === null || ageOf(table) > ageOf(oldest) ? table : oldest),
    null,
  );
}
