import type { Block } from '../../core/block.ts';
import { fitWidth } from '../../core/text.ts';
import { diffLines } from '../line-diff.ts';
import type { Paint } from '../paint.ts';

const SIGN = { same: '  ', removed: '- ', added: '+ ' } as const;
const TONE = { same: 'muted', removed: 'bad', added: 'good' } as const;

export function drawDiff(block: Extract<Block, { kind: 'diff' }>, width: number, paint: Paint): string[] {
  return diffLines(block.before, block.after).map(({ kind, text }) =>
    paint.tone(TONE[kind])(fitWidth(SIGN[kind] + text.replaceAll('\t', '  '), width)),
  );
}
