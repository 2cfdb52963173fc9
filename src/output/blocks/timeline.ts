import type { Block } from '../../core/block.ts';
import { wrapText } from '../../core/text.ts';
import type { Paint } from '../paint.ts';
import { formatTime } from '../values.ts';

export function drawTimeline(
  block: Extract<Block, { kind: 'timeline' }>,
  width: number,
  paint: Paint,
): string[] {
  const times = block.entries.map(({ atMs }) => atMs);
  const span = Math.max(...times) - Math.min(...times);
  return block.entries.flatMap((entry) => {
    const time = formatTime(entry.atMs, span);
    const detail = entry.detail === undefined ? '' : ` – ${entry.detail}`;
    const [first = '', ...rest] = wrapText(
      `${time}  ${entry.label}${detail}`.replace(/\s*\n\s*/g, ' '),
      width,
      '  ',
    );
    const shown = first.startsWith(time)
      ? paint.dim(time) + paint.tone(entry.tone)(first.slice(time.length))
      : first;
    return [shown, ...rest.map(paint.dim)];
  });
}
