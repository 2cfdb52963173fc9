import type { Block, BlockKind } from '../../core/block.ts';
import { oneLine, wrapText } from '../../core/text.ts';
import { harmless, withoutWorkflowCommands } from '../harmless.ts';
import type { DrawOptions } from '../options.ts';
import { createPaint, type Paint } from '../paint.ts';
import { drawDiff } from './diff.ts';
import { drawDistribution } from './distribution.ts';
import { drawSeries } from './series.ts';
import { drawTable } from './table.ts';
import { drawText } from './text.ts';
import { drawTimeline } from './timeline.ts';
import { drawTree } from './tree.ts';

type Drawer<Kind> = (block: Kind, width: number, paint: Paint) => string[];

const DRAWERS: { [Kind in BlockKind]: Drawer<Extract<Block, { kind: Kind }>> } = {
  table: drawTable,
  series: drawSeries,
  distribution: drawDistribution,
  tree: drawTree,
  timeline: drawTimeline,
  diff: drawDiff,
  text: drawText,
};

/** Lines of one block under its title; none is wider than `width`. */
export function drawBlock(block: Block, width: number, paint: Paint): string[] {
  const draw = DRAWERS[block.kind] as Drawer<Block>;
  const title = block.title === undefined ? [] : wrapText(oneLine(block.title), width).map(paint.bold);
  return [...title, ...draw(block, width, paint)];
}

/** Sections for a terminal, an empty line between them; what a live view shows. */
export function renderSections(sections: readonly Block[], options: DrawOptions): string {
  const paint = createPaint(options.colors);
  const width = Math.max(1, Math.floor(options.width));
  const blocks = harmless(sections).map((block) => drawBlock(block, width, paint).join('\n'));
  return withoutWorkflowCommands(blocks.join('\n\n'));
}
