import type { Origin } from './origin.ts';

/** One call of a statement within one unit of work: a request, or a burst of one connection. */
export interface UnitCall {
  unit: string;
  statement: string;
  /** Text with its values, or its parameters; null where nobody kept them. Equal ones ask the same thing again. */
  identity: string | null;
  startMs: number;
  endMs: number;
  failed: boolean;
  /** Rows it returned; null where nobody says. */
  rows: number | null;
  origin: Origin;
}
