/**
 * What runtimes say when a member of nothing is asked for. The name in it is written in the code, so it tells two faults of one function apart, where other
 * words of a message could be data.
 */
const PATTERNS: readonly RegExp[] = [
  // V8: Cannot read properties of undefined (reading 'total')
  /^Cannot (?:read|set) propert(?:y|ies) of (?:undefined|null) \((?:reading|setting) '([\w$]+)'\)/u,
  // V8: order.items.map is not a function
  /^(?:[\w$().[\]]+\.)?([\w$]+) is not (?:a function|a constructor|iterable|defined)/u,
  // Python
  /^'[\w.]+' object has no attribute '(\w+)'/u,
  /^(?:cannot access local variable|free variable|name) '(\w+)' /u,
  // The JVM's helpful messages
  /^Cannot (?:invoke|read field|assign field) "(?:[\w.$]+\.)?([\w$]+)(?:\([^)]*\))?" because /u,
  // Ruby
  /^undefined (?:local variable or )?method [`']([\w?!=[\]<>+*/-]+)' for /u,
  /^uninitialized constant ([\w:]+)/u,
  // PHP
  /^Call to (?:a member function|undefined (?:method|function)) (?:[\w\\]+::)?(\w+)\(\)/u,
  /^Attempt to read property "(\w+)" on /u,
  // Go
  /^interface conversion: .* is .*, not ([\w.*/]+)/u,
];
/** Minifiers shorten names to one or two characters, other ones in each build. */
const SHORTEST = 3;

/** The member that was asked for, or null. */
export function memberOf(message: string): string | null {
  for (const pattern of PATTERNS) {
    const name = pattern.exec(message)?.[1];
    if (name !== undefined) return name.length >= SHORTEST ? name : null;
  }
  return null;
}
