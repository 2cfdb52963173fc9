import {
  mergeShapes,
  type MergeableShape,
} from '../../../../src/tools/error-analyzer/analyze/shape/merge/merge-shapes.ts';
import { createShapeTable } from '../../../../src/tools/error-analyzer/analyze/shape/table.ts';

/** What the error-analyzer groups by, tiers 1 and 2: per line the key of its group. */
export function groupLines(lines: readonly Uint8Array[]): string[] {
  const table = createShapeTable({ capacity: 50_000 });
  const indexes = lines.map((line) => table.indexOf(line, 0, line.length));
  const shapes: MergeableShape[] = [];
  for (let index = 1; index < table.size; index += 1) shapes.push(table.shape(index));
  const parents = new Map(mergeShapes(shapes, []).map(({ child, parent }) => [child, parent]));
  return indexes.map((index) => {
    let { key } = table.shape(index);
    for (let parent = parents.get(key); parent !== undefined; parent = parents.get(key)) key = parent;
    return key;
  });
}

/** Tier 1 alone. */
export function shapeKeys(lines: readonly Uint8Array[]): string[] {
  const table = createShapeTable({ capacity: 50_000 });
  return lines.map((line) => table.shape(table.indexOf(line, 0, line.length)).key);
}
