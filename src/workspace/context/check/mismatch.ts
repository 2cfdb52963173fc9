/** Something in AI-CONTEXT.md that is not true, or no longer. */
export interface Mismatch {
  /** From 1. */
  line: number;
  kind: 'endpoint' | 'command' | 'figure' | 'catalogue' | 'project' | 'link';
  message: string;
  /** What to do about it. */
  hint: string;
}
