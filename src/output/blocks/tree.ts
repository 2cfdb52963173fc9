import type { Block, TreeNode } from '../../core/block.ts';
import { displayWidth, fitWidth, oneLine } from '../../core/text.ts';
import type { Paint } from '../paint.ts';

export function drawTree(block: Extract<Block, { kind: 'tree' }>, width: number, paint: Paint): string[] {
  return block.roots.flatMap((root) => [
    paint.tone(root.tone)(fitWidth(oneLine(root.label), width)),
    ...drawChildren(root.children ?? [], '', width, paint),
  ]);
}

function drawChildren(nodes: readonly TreeNode[], indent: string, width: number, paint: Paint): string[] {
  return nodes.flatMap((node, index) => {
    const last = index === nodes.length - 1;
    const stem = indent + (last ? '└─ ' : '├─ ');
    const room = width - displayWidth(stem);
    const label = paint.tone(node.tone)(fitWidth(oneLine(node.label), room));
    const own = room > 1 ? paint.dim(stem) + label : fitWidth(stem, width);
    return [own, ...drawChildren(node.children ?? [], indent + (last ? '   ' : '│  '), width, paint)];
  });
}
