import type { FunctionMention } from './gate-syntax.ts';

/** One overload, as pg_proc has it. */
export interface KnownFunction {
  schema: string;
  name: string;
  /** Of the declaration, with those that have a default. */
  arguments: number;
  defaults: number;
  variadic: boolean;
  /** i: immutable, s: stable, v: volatile. */
  volatility: string;
  /** f, a(ggregate), w(indow), p(rocedure). */
  kind: string;
  /** In a schema of the search path. */
  visible: boolean;
  /** Of the server itself or of an extension, so that its name says what it does. */
  shipped: boolean;
}

/** Volatile by declaration, and yet they change nothing and show nothing: chance, clocks, sizes. */
const HARMLESS = new Set(
  `random random_normal clock_timestamp timeofday gen_random_uuid uuidv4 uuidv7 gen_random_bytes uuid_generate_v1
  uuid_generate_v1mc uuid_generate_v4 pg_relation_size pg_total_relation_size pg_table_size pg_indexes_size
  pg_column_size pg_database_size pg_tablespace_size`.split(/\s+/),
);

/**
 * Never, whatever the server says of them: files and programs of the server, other sessions, other servers, settings,
 * sequences, locks, waiting, and functions that run a text as SQL (some of which are declared stable).
 */
const FORBIDDEN: readonly RegExp[] = [
  /^pg_(read|ls|stat_file|file|sleep|terminate|cancel|logical|replication|create|drop|copy|backup|start|stop)/,
  /^pg_(reload|rotate|switch|promote|wal_replay|export|notify|import|restore|clear|advance|sync|prewarm|stat_reset)/,
  /^pg_(try_)?advisory/,
  /^pg_(extension_config_dump|log_backend|log_standby|current_logfile|buffercache_evict|truncate_visibility)/,
  /^(lo_|loread|lowrite|dblink|set_config|setseed|nextval|setval|currval|lastval|adminpack|autoprewarm)/,
  /^(txid_current|pg_current_xact_id)$/,
  /^(query|table|schema|database|cursor)_to_xml/,
  /^(ts_stat|ts_rewrite|crosstab|connectby|xpath_table|postgres_fdw|plpgsql_|plperl|plpython|brin_|gin_clean)/,
];

/** Why a call may not be made; null when it may. `known` holds every overload of this name. */
export function functionRefusal(call: FunctionMention, known: readonly KnownFunction[]): string | null {
  if (FORBIDDEN.some((pattern) => pattern.test(call.name))) return `the function ${call.name} is not allowed`;
  const named = known.filter(({ schema, visible }) =>
    call.schema === null ? visible : schema === call.schema,
  );
  const meant = named.filter((overload) => fits(call, overload));
  if (meant.length === 0) {
    return named.length === 0
      ? `the server has no function ${call.name} in reach`
      : `no function ${call.name} takes ${call.arguments} arguments`;
  }
  if (meant.every(({ volatility }) => volatility !== 'v')) return null;
  return HARMLESS.has(call.name) && meant.every(({ shipped }) => shipped)
    ? null
    : `the function ${call.name} is volatile: it may change something each time it is called`;
}

function fits(call: FunctionMention, overload: KnownFunction): boolean {
  // In FROM it takes any number of arrays; the server rewrites that before it looks the function up.
  if (call.name === 'unnest') return true;
  if (call.loose || overload.kind === 'a' || overload.kind === 'w') return true;
  if (overload.variadic && call.arguments >= overload.arguments - 1) return true;
  return call.arguments <= overload.arguments && call.arguments >= overload.arguments - overload.defaults;
}
