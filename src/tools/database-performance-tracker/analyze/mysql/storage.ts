import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { formatDuration } from '../../../../core/duration.ts';
import { percent } from '../../../../core/rounding.ts';
import { formatSize } from '../../../../core/size.ts';
import { quoteMysql } from '../../../_shared/database/mysql/catalog.ts';
import { statusWindow } from '../../../_shared/database/mysql/snapshot.ts';
import { databaseSubject, tableSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { analyzeCheck, whereKnown } from '../look.ts';
import { type MysqlLook, mysqlFinding } from './look.ts';

/** While so much of the buffer pool is free, what is read fills it. */
const FILLING_SHARE = 0.05;

/** Columns that count up, and how far they are. */
export function assessAutoIncrements({ target, options, structure }: MysqlLook): Assessment {
  const assessment = emptyAssessment();
  const { keyLowShare, keyHighShare, keyCriticalShare } = options.storage;
  for (const one of structure.autoIncrements) {
    const subject = tableSubject(target, `${one.schema}.${one.table}`);
    assessment.checked.push({ subject, rule: RULES.sequenceOverflow });
    const share = one.next / one.max;
    if (share < keyLowShare) continue;
    assessment.findings.push(
      mysqlFinding(RULES.sequenceOverflow, subject, {
        title: `${one.schema}.${one.table}.${one.column} has used ${percent(share)} % of its numbers`,
        severity: share >= keyCriticalShare ? 'critical' : share >= keyHighShare ? 'high' : 'low',
        confidence: 'proven',
        evidence: [
          { label: 'next number', value: one.next },
          { label: 'largest', value: one.max, unit: `(${one.type})` },
        ],
        impact: {
          summary:
            'When they are used up, every INSERT fails with "Duplicate entry" or "Failed to read auto-increment value".',
          basis: 'measured',
          value: percent(share),
          unit: '%',
        },
        fix: 'Make the column BIGINT before it is full, and every column that refers to it.',
        steps: [
          'Changing the type copies the table: use pt-online-schema-change or gh-ost on a large one.',
          'A column that is signed gets twice the numbers as UNSIGNED.',
        ],
        patch: `ALTER TABLE ${quoteMysql(one.schema)}.${quoteMysql(one.table)} MODIFY ${quoteMysql(one.column)} BIGINT UNSIGNED NOT NULL AUTO_INCREMENT;`,
        check: analyzeCheck(target, RULES.sequenceOverflow, subject),
      }),
    );
  }
  return assessment;
}

/** Pages that were not in the buffer pool, in this window; never since the server started. */
export function assessBufferPool(look: MysqlLook): Assessment {
  const rule = RULES.cacheMisses;
  return whereKnown(look, [rule], statusWindow(look.start, look.end), ({ seconds, grown }) => {
    const { target, end, options } = look;
    const subject = databaseSubject(target);
    const assessment: Assessment = { ...emptyAssessment(), checked: [{ subject, rule }] };
    const pageBytes = Number(end.server.variables.get('innodb_page_size') ?? 16_384);
    // Pages fetched ahead are not counted as reads, though they came from disk as well.
    const read = grown('innodb_buffer_pool_reads') + grown('innodb_buffer_pool_read_ahead');
    const asked = grown('innodb_buffer_pool_read_requests');
    const bytesPerSecond = (read * pageBytes) / seconds;
    const free = end.server.status.get('innodb_buffer_pool_pages_free') ?? 0;
    const total = end.server.status.get('innodb_buffer_pool_pages_total') ?? 0;
    const share = asked === 0 ? 0 : read / asked;
    const isFilling = total > 0 && free / total > FILLING_SHARE;
    if (isFilling || share < options.storage.missShare || bytesPerSecond < options.storage.missRate) {
      return assessment;
    }
    assessment.findings.push(
      mysqlFinding(rule, subject, {
        title: `${percent(share)} % of the pages asked for were not in the buffer pool`,
        confidence: 'proven',
        evidence: [
          { label: 'pages read from disk', value: read, unit: `in ${formatDuration(seconds * 1_000)}` },
          { label: 'pages asked for', value: asked },
          { label: 'read from disk', value: formatSize(bytesPerSecond), unit: 'a second' },
          {
            label: 'innodb_buffer_pool_size',
            value: formatSize(Number(end.server.variables.get('innodb_buffer_pool_size') ?? 0)),
          },
        ],
        impact: {
          summary: 'Statements wait for the disk for what memory could give.',
          basis: 'measured',
          value: percent(share),
          unit: '%',
        },
        fix: 'Read less first: statements that scan whole tables push out what others need. Then give the buffer pool more memory.',
        steps: [
          'The statements that examine most rows are in `rearguard queries analyze`.',
          'On a machine of its own, the buffer pool may take up to 70 % of the memory; it can be resized while the server runs.',
        ],
        check: analyzeCheck(target, rule, subject),
      }),
    );
    return assessment;
  });
}
