import type { Block } from '../../core/block.ts';
import { wrapText } from '../../core/text.ts';
import type { Paint } from '../paint.ts';

/** Text of the backend stands behind a bar. */
const BAR = '│ ';

export function drawText(block: Extract<Block, { kind: 'text' }>, width: number, paint: Paint): string[] {
  const text = block.text.replaceAll('\t', '  ');
  if (block.untrusted === true)
    return wrapText(text, Math.max(1, width - BAR.length)).map((line) => paint.dim(BAR + line));
  return wrapText(text, width).map((line) => paint.tone(block.tone)(line));
}
