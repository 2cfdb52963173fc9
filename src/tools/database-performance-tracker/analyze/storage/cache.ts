import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { percent } from '../../../../core/rounding.ts';
import { formatSize } from '../../../../core/size.ts';
import type { TableStatistics } from '../../../_shared/database/postgres/tables.ts';
import { tableSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { trackerFinding } from '../finding.ts';
import { analyzeCheck, bothEnds, grown, type Look, whereKnown } from '../look.ts';

/** Reads below this are noise whatever their share. */
const MIN_PAGES = 500;
/** A server that has not run this long, and a table that fits: its cache is filling, and that passes. */
const WARM_MS = 600_000;
/** Of the misses of all tables; less is not what makes the disk busy. */
const MIN_PART = 0.2;
const HEAVY_BYTES_PER_SECOND = 8_000_000;

const RULE = RULES.cacheMisses;

export interface TableReads {
  table: TableStatistics;
  /** Pages of the table, its indexes and its TOAST in the window. */
  read: number;
  hit: number;
  seqScans: number;
  indexScans: number;
  seconds: number;
}

/** What was read of each table in the window, most misses first; tables that nobody touched are left out. */
export function readsOf(
  before: readonly TableStatistics[],
  after: readonly TableStatistics[],
  seconds: number,
): TableReads[] {
  const earlier = new Map(before.map((table) => [table.oid, table]));
  return after
    .map((table): TableReads => {
      const then = earlier.get(table.oid);
      return {
        table,
        read: grown(then && missesOf(then), missesOf(table)),
        hit: grown(then && hitsOf(then), hitsOf(table)),
        seqScans: grown(then?.seqScans, table.seqScans),
        indexScans: grown(then?.indexScans ?? undefined, table.indexScans ?? 0),
        seconds,
      };
    })
    .filter(({ read, hit }) => read + hit > 0)
    .toSorted((a, b) => b.read - a.read || b.hit - a.hit);
}

function missesOf({ heapRead, indexRead, toastRead }: TableStatistics): number {
  return heapRead + indexRead + toastRead;
}

function hitsOf({ heapHit, indexHit, toastHit }: TableStatistics): number {
  return heapHit + indexHit + toastHit;
}

export function assessCache(look: Look): Assessment {
  return whereKnown(look, [RULE], bothEnds(look, 'tables'), ({ before, after, seconds }) => {
    const assessment = emptyAssessment();
    const reads = readsOf(before, after, seconds);
    const allMisses = reads.reduce((sum, { read }) => sum + read, 0);
    for (const { schema, name } of after) {
      assessment.checked.push({ subject: tableSubject(look.target, `${schema}.${name}`), rule: RULE });
    }
    for (const one of reads) {
      if (one.read < MIN_PART * allMisses || !isHeavy(one, look)) continue;
      assessment.findings.push(misses(look, one));
    }
    return assessment;
  });
}

function isHeavy(one: TableReads, look: Look): boolean {
  const { missShare, missRate } = look.options.storage;
  const bytes = one.read * look.end.server.blockBytes;
  if (one.read < MIN_PAGES || one.read < missShare * (one.read + one.hit)) return false;
  if (bytes < missRate * one.seconds) return false;
  const cacheBytes = sharedBuffers(look);
  const isTooLarge = cacheBytes !== null && (one.table.totalBytes ?? 0) > cacheBytes;
  const isReadAgain = one.table.totalBytes !== null && bytes > 1.5 * one.table.totalBytes;
  const isWarm = look.end.takenAtMs - look.end.server.startedAtMs > WARM_MS;
  return isTooLarge || isReadAgain || (isWarm && one.seconds * 1_000 >= WARM_MS / 2);
}

function sharedBuffers({ end }: Look): number | null {
  return end.parts.settings.known ? (end.parts.settings.value.get('shared_buffers')?.number ?? null) : null;
}

function misses(look: Look, { table, read, hit, seqScans, indexScans, seconds }: TableReads) {
  const name = `${table.schema}.${table.name}`;
  const subject = tableSubject(look.target, name);
  const perSecond = (read * look.end.server.blockBytes) / seconds;
  const share = percent(read / (read + hit));
  const cacheBytes = sharedBuffers(look);
  return trackerFinding(RULE, subject, {
    title: `${share} % of what is read of ${name} was not in the cache`,
    severity: perSecond >= HEAVY_BYTES_PER_SECOND ? 'medium' : 'low',
    confidence: 'likely',
    evidence: [
      { label: 'pages read', value: read, unit: `of ${read + hit} in ${Math.round(seconds)} s` },
      { label: 'read into the cache', value: `${formatSize(perSecond)}/s` },
      { label: 'size', value: formatSize(table.totalBytes ?? 0) },
      ...(cacheBytes === null ? [] : [{ label: 'shared_buffers', value: formatSize(cacheBytes) }]),
      { label: 'scans in the window', value: seqScans, unit: `whole, ${indexScans} by index` },
      ...readersOf(look, table).map((text) => ({ label: 'read by', value: '', sample: text })),
    ],
    impact: {
      summary:
        'Each of these pages is fetched from the operating system, or from the disk, while somebody waits.',
      basis: 'measured',
      value: share,
      unit: '%',
    },
    steps: [
      seqScans > indexScans
        ? 'Whole scans read it: see the statements above for a condition that an index would serve.'
        : 'Look-ups all over the table read it: see whether fewer columns, a narrower table or a covering index would do.',
      'Only when what is needed often would fit: raise shared_buffers (a restart), and compare this figure again.',
    ],
    check: analyzeCheck(look.target, RULE, subject),
  });
}

/** Statements that name the table and read most; the text of the user's program. */
function readersOf({ statements }: Look, { name }: TableStatistics): string[] {
  if (!statements.known) return [];
  return statements.value.statements
    .filter(({ text, sharedRead }) => sharedRead > 0 && text !== null && text.includes(name))
    .toSorted((a, b) => b.sharedRead - a.sharedRead)
    .slice(0, 2)
    .flatMap(({ text }) => (text === null ? [] : [text]));
}
