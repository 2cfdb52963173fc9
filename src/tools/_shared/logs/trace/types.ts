export const RUNTIMES = ['node', 'python', 'java', 'go', 'ruby', 'php', 'dotnet'] as const;
export type Runtime = (typeof RUNTIMES)[number];

/** One frame of a stack, as written. */
export interface StackFrame {
  /** `OrderService.place`, `<anonymous>`; empty where none is written. */
  function: string;
  /** Java package and class, .NET type, Go package. */
  module: string | null;
  file: string | null;
  line: number | null;
  column: number | null;
}

/** One exception of a chain. */
export interface ThrownException {
  /** `java.lang.IllegalStateException`; empty where none is written (a Go panic has `panic`). */
  type: string;
  message: string;
  /** Newest call first, whatever the runtime prints. */
  frames: readonly StackFrame[];
  /** `... 24 more`: frames it shares with the one that encloses it. */
  elidedFrames: number;
}

/** What was thrown last comes first; each one is the cause of the one before. Suppressed and aggregated ones are apart. */
export interface ParsedTrace {
  runtime: Runtime;
  chain: readonly ThrownException[];
  suppressed: readonly ThrownException[];
  /** Frames or causes were left out: over the caps, or cut in the log. */
  cut: boolean;
}
