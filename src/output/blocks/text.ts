import type { Block } from '../../core/block.ts';
import { wrapText } from '../../core/text.ts';
import type { Paint } from '../paint.ts';

export function drawText(block: Extract<Block, { kind: 'text' }>, width: number, paint: Paint): string[] {
  return wrapText(block.text.replaceAll('\t', '  '), width).map((line) => paint.tone(block.tone)(line));
}
