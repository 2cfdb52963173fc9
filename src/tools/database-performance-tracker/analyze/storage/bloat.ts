import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import type { Evidence } from '../../../../core/finding.ts';
import { percent } from '../../../../core/rounding.ts';
import { formatSize } from '../../../../core/size.ts';
import { quoteIdentifier } from '../../../_shared/database/index-statement.ts';
import type { TableStatistics } from '../../../_shared/database/postgres/tables.ts';
import { tableSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { trackerFinding } from '../finding.ts';
import { analyzeCheck, type Look, whereKnown } from '../look.ts';

/** Header of a page; header of a row, aligned; its line pointer. */
const PAGE_HEADER_BYTES = 24;
const ROW_HEADER_BYTES = 24;
const LINE_POINTER_BYTES = 4;
const ALIGNMENT = 8;
const LARGE_BYTES = 1_000_000_000;

const RULE = RULES.bloat;

export interface Space {
  heapBytes: number;
  /** Empty, or taken by dead rows. */
  wastedBytes: number;
  basis: 'estimate' | 'dead-rows' | 'pgstattuple';
}

/** @param exact what pgstattuple counted, by `schema.table` */
export function assessBloat(look: Look, exact: ReadonlyMap<string, Space> = new Map()): Assessment {
  return whereKnown(look, [RULE], look.end.parts.tables, (tables) => {
    const assessment = emptyAssessment();
    const tooOld: string[] = [];
    for (const table of tables) {
      const name = `${table.schema}.${table.name}`;
      const subject = tableSubject(look.target, name);
      const space = exact.get(name) ?? estimateSpace(table, look.end.server.blockBytes, look.options.storage);
      if (space === null) {
        if ((table.heapBytes ?? 0) > look.options.storage.bloatSize) tooOld.push(name);
        else assessment.checked.push({ subject, rule: RULE });
        continue;
      }
      assessment.checked.push({ subject, rule: RULE });
      if (!isBloated(space, look)) continue;
      assessment.findings.push(
        trackerFinding(RULE, subject, {
          title: `${name} has ${formatSize(space.heapBytes)}, ${percent(space.wastedBytes / space.heapBytes)} % of it empty or dead`,
          severity: space.wastedBytes >= LARGE_BYTES ? 'medium' : 'low',
          confidence: space.basis === 'pgstattuple' ? 'proven' : 'likely',
          evidence: evidenceOf(table, space),
          impact: {
            summary: `Scans read ${formatSize(space.wastedBytes)} for nothing, and the cache holds part of it.`,
            basis: space.basis === 'pgstattuple' ? 'measured' : 'modelled',
            value: Math.round(space.wastedBytes / 1e6),
            unit: 'MB',
          },
          steps: stepsOf(table),
          patch: `VACUUM (ANALYZE) ${qualified(table)};`,
          check: analyzeCheck(look.target, RULE, subject),
        }),
      );
    }
    assessment.notChecked.push(
      ...tooOld.map((name) => ({
        subject: tableSubject(look.target, name),
        rules: [RULE.id],
        reason: 'its statistics are missing or too old to estimate what its rows need',
        hint: 'ANALYZE it, or count with `analyze --deep` where pgstattuple is installed.',
      })),
    );
    return assessment;
  });
}

export function isBloated({ heapBytes, wastedBytes }: Space, { options }: Pick<Look, 'options'>): boolean {
  const { bloatShare, bloatSize } = options.storage;
  return wastedBytes >= bloatSize && wastedBytes >= bloatShare * heapBytes;
}

/**
 * What the file has beyond what its live rows need. The widths are those of the statistics (of values moved out of
 * line that of their pointer); alignment between columns is unknown and left out, so a little less than is needed.
 * Where the statistics are too old, dead rows alone can speak. null: neither can.
 */
export function estimateSpace(
  table: TableStatistics,
  blockBytes: number,
  { freshStatistics }: { freshStatistics: number },
): Space | null {
  const { heapBytes, rowWidth, liveRows, deadRows, modifiedSinceAnalyze } = table;
  if (heapBytes === null) return null;
  const rows = liveRows + deadRows;
  const isFresh = modifiedSinceAnalyze <= freshStatistics * Math.max(1, liveRows);
  if (rowWidth !== null && isFresh) {
    const neededBytes = pagesFor(liveRows, rowWidth, blockBytes, fillFactor(table)) * blockBytes;
    return { heapBytes, wastedBytes: Math.max(0, heapBytes - neededBytes), basis: 'estimate' };
  }
  return rows > 0 && deadRows > liveRows
    ? { heapBytes, wastedBytes: heapBytes * (deadRows / rows), basis: 'dead-rows' }
    : null;
}

export function pagesFor(rows: number, width: number, blockBytes: number, fill: number): number {
  const rowBytes = Math.ceil((ROW_HEADER_BYTES + width) / ALIGNMENT) * ALIGNMENT + LINE_POINTER_BYTES;
  const perPage = Math.max(1, Math.floor(((blockBytes - PAGE_HEADER_BYTES) * fill) / rowBytes));
  return Math.ceil(rows / perPage);
}

function fillFactor({ options }: TableStatistics): number {
  const percentage = Number(options['fillfactor'] ?? 100);
  return percentage >= 10 && percentage <= 100 ? percentage / 100 : 1;
}

function qualified({ schema, name }: TableStatistics): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

const BASIS: Readonly<Record<Space['basis'], string>> = {
  estimate: 'estimate from the statistics of its columns',
  'dead-rows': 'estimate from its dead rows; the statistics are too old for more',
  pgstattuple: 'counted by pgstattuple',
};

function evidenceOf(table: TableStatistics, { heapBytes, wastedBytes, basis }: Space): Evidence[] {
  return [
    { label: 'file', value: formatSize(heapBytes) },
    { label: 'empty or dead', value: formatSize(wastedBytes) },
    { label: 'how it is known', value: BASIS[basis] },
    { label: 'rows', value: table.liveRows, unit: `live, ${table.deadRows} dead` },
    ...(table.rowWidth === null ? [] : [{ label: 'width of a row', value: table.rowWidth, unit: 'bytes' }]),
  ];
}

function stepsOf(table: TableStatistics): string[] {
  return [
    'Plain VACUUM makes the space usable for new rows; the file keeps its size, which is fine if it fills again.',
    `To shrink it while it works: pg_repack, where that is installed. In a quiet hour: VACUUM (FULL, ANALYZE) ${qualified(table)}; it locks everybody out.`,
    'Rows that are deleted by date belong into partitions: dropping one leaves nothing behind.',
  ];
}
