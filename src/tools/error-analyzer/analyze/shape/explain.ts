import { shapeOf } from './canonical.ts';
import { collapsedText, endOfShape } from './collapse.ts';
import type { Shape } from './types.ts';

export interface ShapeExplanation {
  shape: Shape;
  /** The line with every run of letters and digits that holds a digit as `0`: what is hashed. */
  collapsed: string;
}

/** Why a text is in its group: each step from the line to the key. */
export function explainShape(text: string): ShapeExplanation {
  const bytes = new TextEncoder().encode(text);
  const collapsed = collapsedText(bytes, 0, endOfShape(bytes, 0, bytes.length));
  return { shape: shapeOf(collapsed), collapsed };
}
