import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { formatDuration } from '../../../../core/duration.ts';
import type { Evidence } from '../../../../core/finding.ts';
import { groupBy } from '../../../../core/group-by.ts';
import { formatSize } from '../../../../core/size.ts';
import type { Catalog } from '../../../_shared/database/catalog.ts';
import { quoteIdentifier } from '../../../_shared/database/index-statement.ts';
import type { IndexStatistics, IndexUsage } from '../../../_shared/database/postgres/indexes.ts';
import type { TableStatistics } from '../../../_shared/database/postgres/tables.ts';
import { indexSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { trackerFinding } from '../finding.ts';
import { analyzeCheck, bothEnds, grown, type Look, together, whereKnown } from '../look.ts';

/** Before an index is said to be unused, its table must have been read in other ways this often. */
const MIN_OTHER_SCANS = 200;
/** While the counters are young only a table as busy as this would have used it by now. */
const BUSY_SCANS = 1_000;
const BUSY_PER_SECOND = 20;
const LARGE_BYTES = 100_000_000;

const RULE = RULES.unusedIndex;

export function assessUnusedIndexes(look: Look): Assessment {
  const { parts, server } = look.end;
  if (server.inRecovery) {
    const reason = 'this is a standby: what the primary uses an index for cannot be seen here';
    return whereKnown(look, [RULE], { known: false, reason, hint: 'Look at the primary.' }, emptyAssessment);
  }
  const reading = together(parts.indexes, together(parts.tables, parts.catalog));
  return whereKnown(look, [RULE], reading, ([usage, [tables, catalog]]) => {
    const assessment = emptyAssessment();
    const siblings = groupBy(usage.indexes, ({ tableOid }) => tableOid);
    const countedSinceMs = countingSince(look, usage);
    for (const index of usage.indexes) {
      const subject = indexSubject(look.target, `${index.schema}.${index.name}`);
      assessment.checked.push({ subject, rule: RULE });
      const table = tables.find(({ oid }) => oid === index.tableOid);
      if (table === undefined || !couldGo(index, look) || supportsForeignKey(index, catalog)) continue;
      const unusedMs = unusedFor(index, look, countedSinceMs);
      const others = scansOfOthers(table, siblings.get(index.tableOid) ?? [], index);
      if (unusedMs === null || others < MIN_OTHER_SCANS || writesOf(table) === 0) continue;
      const standbys = standbysOf(look);
      const isOld = unusedMs >= look.options.indexes.unusedAfter;
      if (!isOld && (others < BUSY_SCANS || scanRate(look, table) < BUSY_PER_SECOND)) continue;
      assessment.findings.push(
        trackerFinding(RULE, subject, {
          title: `${index.schema}.${index.name} was not used in ${formatDuration(unusedMs)}`,
          severity: isOld && (index.bytes ?? 0) >= LARGE_BYTES ? 'medium' : 'low',
          confidence: isOld && standbys === 'none' ? 'likely' : 'possible',
          evidence: evidenceOf(index, { table, others, standbys, look }),
          impact: {
            summary: `Each of ${writesOf(table)} changed rows may have been written to it as well; ${formatSize(index.bytes ?? 0)} for nothing.`,
            basis: 'measured',
          },
          steps: stepsOf(index, isOld, standbys),
          patch: `DROP INDEX CONCURRENTLY ${quoteIdentifier(index.schema)}.${quoteIdentifier(index.name)};`,
          check: analyzeCheck(look.target, RULE, subject),
        }),
      );
    }
    return assessment;
  });
}

/** The counters are as old as the last reset, else at least as old as the server, or as our own history of it. */
function countingSince(look: Look, { resetAtMs }: IndexUsage): number {
  return resetAtMs ?? Math.min(look.knownSinceMs, look.end.server.startedAtMs);
}

function couldGo(index: IndexStatistics, { options }: Look): boolean {
  const needed = index.unique || index.primary || index.constraint !== null || index.replicaIdentity;
  const isPart = index.parent !== null || index.clustered;
  return (
    !needed && !isPart && index.valid && !index.building && (index.bytes ?? 0) >= options.indexes.unusedSize
  );
}

/** null: it is used. Since 16 the server says when an index was used last, so that one from former times shows, too. */
function unusedFor(index: IndexStatistics, look: Look, countedSinceMs: number): number | null {
  const nowMs = look.end.takenAtMs;
  if (index.scans === 0) return Math.max(0, nowMs - countedSinceMs);
  if (index.lastScanMs === null) return null;
  const sinceMs = nowMs - index.lastScanMs;
  return sinceMs >= look.options.indexes.unusedAfter ? sinceMs : null;
}

function scansOfOthers(
  table: TableStatistics,
  all: readonly IndexStatistics[],
  index: IndexStatistics,
): number {
  return all.reduce((sum, { name, scans }) => sum + (name === index.name ? 0 : scans), table.seqScans);
}

/** Scans of the table, whole or by any index, a second in the window. */
function scanRate(look: Look, table: TableStatistics): number {
  const ends = bothEnds(look, 'tables');
  if (!ends.known || ends.value.seconds <= 0) return 0;
  const before = ends.value.before.find(({ oid }) => oid === table.oid);
  const scansOf = ({ seqScans, indexScans }: TableStatistics): number => seqScans + (indexScans ?? 0);
  return grown(before && scansOf(before), scansOf(table)) / ends.value.seconds;
}

function writesOf({ inserted, updated, hotUpdated, deleted }: TableStatistics): number {
  // An update that touches no indexed column (HOT) writes to no index.
  return inserted + updated - hotUpdated + deleted;
}

/** A row of the parent that goes is looked for in the child, by this index: that is its use, however seldom. */
function supportsForeignKey({ schema, table, name }: IndexStatistics, catalog: Catalog): boolean {
  const entry = catalog.tables.find((one) => one.schema === schema && one.name === table);
  const index = entry?.indexes.find((one) => one.name === name);
  if (entry === undefined || index === undefined) return false;
  const columns = index.keys.map(({ column }) => column);
  return entry.foreignKeys.some((key) => {
    const leading = new Set(columns.slice(0, key.columns.length));
    return key.columns.every((column) => leading.has(column));
  });
}

type Standbys = 'none' | 'some' | 'unknown';

function standbysOf({ end }: Look): Standbys {
  const { replication } = end.parts;
  if (!replication.known) return 'unknown';
  return replication.value.senders.length === 0 ? 'none' : 'some';
}

function evidenceOf(
  index: IndexStatistics,
  {
    table,
    others,
    standbys,
    look,
  }: { table: TableStatistics; others: number; standbys: Standbys; look: Look },
): Evidence[] {
  const ends = bothEnds(look, 'tables');
  const before = ends.known ? ends.value.before.find(({ oid }) => oid === table.oid) : undefined;
  return [
    { label: 'scans', value: index.scans },
    ...(index.lastScanMs === null
      ? []
      : [{ label: 'last one', value: new Date(index.lastScanMs).toISOString() }]),
    { label: 'other scans of the table', value: others },
    { label: 'rows written since', value: writesOf(table) },
    ...(before === undefined
      ? []
      : [{ label: 'in this window', value: grown(writesOf(before), writesOf(table)), unit: 'rows' }]),
    { label: 'size', value: formatSize(index.bytes ?? 0) },
    ...(standbys === 'none' ? [] : [{ label: 'standbys', value: 'their use of it is not counted here' }]),
    ...(index.statement === null ? [] : [{ label: 'definition', value: '', sample: index.statement }]),
  ];
}

function stepsOf({ statement, partial }: IndexStatistics, isOld: boolean, standbys: Standbys): string[] {
  return [
    ...(isOld
      ? []
      : ['The counters are young: wait for what runs once a week or once a month before you drop it.']),
    ...(standbys === 'none'
      ? []
      : ['Look at the same counters on every standby: queries there do not count here.']),
    ...(partial || statement?.includes('((') === true
      ? ['An index on an expression gives the planner statistics even where no scan uses it.']
      : []),
    'Keep its definition: building it again takes time, not thought.',
  ];
}
