/** What a field of a record is used for. */
export type FieldUse =
  /** Distinct values are counted. */
  | 'user'
  | 'request'
  | 'trace'
  /** Values are counted, under this name whatever the field is called. */
  | 'host'
  | 'service'
  | 'endpoint'
  | 'tenant'
  | 'release'
  | 'status'
  /** Values are counted, under the field's own name. */
  | 'counted'
  /** Only shown in samples. */
  | 'shown'
  /** Shown, and whatever it holds is hidden. */
  | 'secret'
  /** The record's own parts, told apart from its fields. */
  | 'ignored';

const OWN_PARTS =
  /^(?:time|timestamp|@timestamp|ts|date|datetime|level|severity|severity_?text|levelname|lvl|loglevel|msg|message|body|@m|@mt|@t|@l|v)$/iu;

/** Never twice the same, or a measure: counting their values tells nothing. */
const ONE_OFF =
  /(?:^|[._-])(?:id|uuid|guid|hash|seq|sequence|offset|pid|tid|thread|port|bytes|size|length|duration|elapsed|latency|time|timestamp|at|ms|count|line|stack|stacktrace|stack_trace|trace|message|msg|sql|query|url|uri|referer|referrer|user_?agent|useragent|@i|@r|@x)$/iu;

export function fieldUse(name: string): FieldUse {
  if (OWN_PARTS.test(name)) return 'ignored';
  const role = roleOf(name);
  if (role !== null) return role;
  return ONE_OFF.test(name) || /(?:Id|Ms|Time|At|Bytes|Stack|Message)$/u.test(name) ? 'shown' : 'counted';
}

function roleOf(name: string): FieldUse | null {
  void name;
  return null;
}
