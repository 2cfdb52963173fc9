import type { Block } from '../../../core/block.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import { ms, percent } from '../../../core/rounding.ts';
import { type MysqlLook, shapeOf } from '../analyze/mysql/look.ts';
import type { SlowLogLook } from '../collect/slow-log.ts';

const LABEL_WIDTH = 34;

/** The statements of the slow query log, most time first. */
export function slowLogSections(look: MysqlLook, { window, entries }: SlowLogLook, limit: number): Block[] {
  const span = formatDuration(window.toMs - window.fromMs);
  const { statements, coverage, slowLog } = window;
  if (entries === 0) {
    return [{ kind: 'text', text: `The slow query log has no entry of the last ${span}.`, tone: 'muted' }];
  }
  return [
    {
      kind: 'table',
      title: `Slow query log, ${counted(entries, 'entry', 'entries')} in ${span}`,
      columns: [
        { header: 'statement' },
        { header: 'calls', align: 'right' },
        { header: 'p95', align: 'right', unit: 'ms' },
        { header: 'rows read', align: 'right' },
        { header: 'time', align: 'right', unit: '%' },
      ],
      rows: statements.slice(0, limit).map((delta) => {
        const { label } = shapeOf(look, delta);
        return [
          label.length > LABEL_WIDTH ? `${label.slice(0, LABEL_WIDTH - 1)}…` : label,
          delta.calls,
          ms(slowLog?.p95Ms.get(delta.key) ?? 0),
          Math.round((delta.rowsExamined ?? 0) / delta.calls),
          percent(coverage.trackedMs === 0 ? 0 : delta.totalMs / coverage.trackedMs),
        ];
      }),
      ...(statements.length > limit ? { omitted: statements.length - limit } : {}),
    },
  ];
}
