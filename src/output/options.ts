import type { Rule } from '../core/finding.ts';
import type { Severity } from '../core/severity.ts';

export interface RenderOptions {
  /** Columns of the terminal; no line of text is longer, except commands meant to be copied. */
  width: number;
  colors: boolean;
  /** The catalogue, for formats that carry rule descriptions. */
  rules: readonly Rule[];
  /** For "first seen 3 d ago"; without it, ages are left out. */
  nowMs?: number;
  /** summary leaves out sections, steps and patches. */
  detail?: 'summary' | 'full';
  /** Terse and undecorated: what is wrong, and the next commands. */
  agent?: boolean;
  /** Severity from which a finding fails a JUnit case; default high. */
  failOn?: Severity;
  /** JSON over several lines. */
  pretty?: boolean;
}

/** What drawing blocks needs; a live view has no more. */
export type DrawOptions = Pick<RenderOptions, 'width' | 'colors'>;
