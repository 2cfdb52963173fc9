import { fieldRole, type FieldRole } from '../../_shared/logs/fields/roles.ts';

/** What a field of a record is used for. */
export type FieldUse =
  /** By its role, whatever it is called. */
  | FieldRole
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
  const role = fieldRole(name);
  if (role !== null) return role;
  return ONE_OFF.test(name) || /(?:Id|Ms|Time|At|Bytes|Stack|Message)$/u.test(name) ? 'shown' : 'counted';
}

/** `/orders/4711?page=2` is `/orders/<*>`: which order it was is not where it happened. */
export function endpointOf(value: string): string {
  const [path = ''] = value.split(/[?#]/u, 1);
  return path.replace(/(?<=\/)(?!v\d{1,2}(?:\/|$))[^/]*\d[^/]*/gu, '<*>');
}
