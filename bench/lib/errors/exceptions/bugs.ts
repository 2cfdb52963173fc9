import type { Runtime } from '../../../../src/tools/_shared/logs/trace/types.ts';
import type { Call, ErrorKind } from './event.ts';

/** A fault in a program: where it throws what, and how it is reached. `{id}` and the like in a message are filled for each event. */
export interface Bug {
  error: ErrorKind;
  message: string;
  /** From where it is thrown outwards, as far as every event has it. */
  calls: readonly Call[];
  /** Every event of it comes from a bundle with mangled names (V8 only). */
  minified: boolean;
}

const AREAS = [
  'orders',
  'invoices',
  'payments',
  'customers',
  'shipping',
  'catalog',
  'search',
  'accounts',
  'reports',
  'inventory',
];
const VERBS = [
  'create',
  'update',
  'cancel',
  'load',
  'export',
  'import',
  'confirm',
  'merge',
  'archive',
  'publish',
  'schedule',
  'price',
];
const MESSAGES: readonly [ErrorKind, string][] = [
  ['not-found', "no record with id {id} for '{name}'"],
  ['argument', 'amount {amount} must not be negative'],
  ['state', 'cannot change from {word} to {word} after {date}'],
  ['timeout', 'no answer from {ip}:{port} within {ms} ms'],
  ['io', 'cannot open {path}: permission denied'],
  ['format', 'unexpected token at position {id} of "{name}"'],
  ['conflict', 'version {id} was changed by {person}'],
  ['generic', 'quota of tenant {uuid} is used up'],
];

/** The 60 bugs of a runtime: easy ones, and those that a rule of thumb gets wrong. */
export function bugsOf(runtime: Runtime): readonly Bug[] {
  return [
    ...ordinary(runtime),
    ...behindSharedCode(),
    ...inOneFunction(),
    ...withoutOwnFrames(),
    ...alikeElsewhere(),
    ...membersOfNull(),
  ];
}

/** 24 in functions of their own; six of those in a bundle where the runtime has such. */
function ordinary(runtime: Runtime): Bug[] {
  return Array.from({ length: 24 }, (_, index) => {
    const area = AREAS[index % AREAS.length]!;
    const [error, message] = MESSAGES[index % MESSAGES.length]!;
    const minified = runtime === 'node' && index >= 18;
    return bug(
      error,
      message,
      [own(area, `${area} service`, `${VERBS[index % VERBS.length]} ${area}`)],
      minified,
    );
  });
}

/** 8: two helpers throw the same words; only who called them tells one bug from the other. */
function behindSharedCode(): Bug[] {
  const helpers: readonly [Call, ErrorKind, string][] = [
    [own('util', 'http client', 'get json'), 'io', 'request to {url} failed with status {status}'],
    [own('common', 'money', 'parse amount'), 'format', "cannot read '{name}' as an amount"],
  ];
  return helpers.flatMap(([helper, error, message], which) =>
    AREAS.slice(which * 4, which * 4 + 4).map((area) =>
      bug(error, message, [helper, own(area, `${area} gateway`, `sync ${area}`)]),
    ),
  );
}

/** 12 in six functions: three throw different types, three the same generic type with different words. */
function inOneFunction(): Bug[] {
  const types = AREAS.slice(0, 3).flatMap((area) => {
    const calls = [own(area, `${area} validator rules`, `review ${area}`)];
    return [
      bug('argument', 'field {id} is out of range', calls),
      bug('state', 'entry {id} is closed', calls),
    ];
  });
  const words = AREAS.slice(3, 6).flatMap((area) => {
    const calls = [own(area, `${area} planner`, `plan ${area}`)];
    return [
      bug('generic', 'no free slot for job {id} before {date}', calls),
      bug('generic', 'worker {uuid} does not accept jobs of {person}', calls),
    ];
  });
  return [...types, ...words];
}

/** 6 that no frame of the application is in: timers, sockets, pools. */
function withoutOwnFrames(): Bug[] {
  const socket = library('socket');
  const pool = library('pool');
  const timer = library('timer');
  return [
    bug('io', 'connect refused by {ip}:{port}', [socket]),
    bug('timeout', 'connection is not available, request timed out after {ms}ms', [pool]),
    bug('generic', 'socket hang up while reading from {ip}', [socket]),
    bug('generic', 'lease of worker {uuid} was lost', [timer]),
    bug('state', 'pool is closing, {id} clients are waiting', [pool]),
    bug('generic', 'certificate of {ip} has expired', [socket]),
  ];
}

/** 8 that have type and words in common, or the name of the function, but not the place. */
function alikeElsewhere(): Bug[] {
  const sameFile = VERBS.slice(0, 4).map((verb) =>
    bug('not-found', 'row {id} does not exist', [own('ledger', 'ledger', `${verb} entry`)]),
  );
  const sameName = AREAS.slice(0, 4).map((area) =>
    bug('state', 'transition {id} is not allowed', [own(area, 'workflow', 'advance')]),
  );
  return [...sameFile, ...sameName];
}

/** 2 in one function, of the type the runtime itself throws: only the member that was asked for differs. */
function membersOfNull(): Bug[] {
  const calls = [own('billing', 'billing service', 'sum up')];
  return [bug('null', '{member:total}', calls), bug('null', '{member:discount}', calls)];
}

function bug(error: ErrorKind, message: string, calls: readonly Call[], minified = false): Bug {
  return { error, message, calls, minified };
}

export function own(area: string, unit: string, method: string, closure = false): Call {
  // A line of its own for each function; releases shift it.
  const line = 20 + (hashText(`${area} ${unit} ${method}`) % 300);
  return { area, unit, method, kind: 'own', closure, line };
}

export function library(unit: string): Call {
  return { area: 'library', unit, method: 'run', kind: 'library', closure: false, line: 100 };
}

function hashText(text: string): number {
  let sum = 0;
  for (let index = 0; index < text.length; index += 1) sum = (sum * 31 + text.charCodeAt(index)) % 65_521;
  return sum;
}
