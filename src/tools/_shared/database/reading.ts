/**
 * One thing that was read from a server, or why it could not be. "Not readable" is never an empty list: rules that need
 * it are then not checked, and say why.
 */
export type Reading<Value> = { known: true; value: Value } | Unknown;

export interface Unknown {
  known: false;
  /** For people, one sentence without a full stop: `pg_stat_statements is not installed`. */
  reason: string;
  /** What would make it readable: a complete statement for the server, or an instruction. */
  hint?: string;
}

export function known<Value>(value: Value): Reading<Value> {
  return { known: true, value };
}

export function unknown(reason: string, hint?: string): Unknown {
  return hint === undefined ? { known: false, reason } : { known: false, reason, hint };
}
