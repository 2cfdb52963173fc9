import type { Runtime } from '../../../../src/tools/_shared/logs/trace/types.ts';

/** One call as the generator knows it, before a runtime gives it its spelling. Words are lower case: `order service`. */
export interface Call {
  /** Directory or package of it. */
  area: string;
  /** Class, or base name of the file. */
  unit: string;
  method: string;
  /** `library`: of a framework, spelled out per runtime by its unit. */
  kind: 'own' | 'library';
  /** A closure in the method rather than the method itself. */
  closure: boolean;
  line: number;
}

/** What was thrown; `error` names one of the kinds that every runtime has a type for. */
export interface Thrown {
  error: ErrorKind;
  message: string;
  /** Innermost first. */
  calls: readonly Call[];
}

export const ERROR_KINDS = [
  'null',
  'argument',
  'state',
  'not-found',
  'timeout',
  'io',
  'generic',
  'format',
  'conflict',
  'service',
  'request',
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** One printed trace with its true bug. */
export interface TraceEvent {
  runtime: Runtime;
  /** `java/17`. */
  bug: string;
  /** What was thrown last comes first. */
  chain: readonly Thrown[];
  build: Build;
}

/** What one deployment does to paths and names. */
export interface Build {
  root: string;
  hash: string;
  number: number;
  minified: boolean;
}
