import type { ContractChange } from './change.ts';
import type { Schema } from './schema.ts';

/** Who writes the value: callers write requests, the backend writes responses. What is a relaxation for one breaks the other. */
export type Direction = 'request' | 'response';

function typesOf({ type, nullable, enum: values, const: constant }: Schema): Set<string> {
  const named = type === undefined ? [] : typeof type === 'string' ? [type] : type;
  const types = new Set(named);
  if (nullable === true) types.add('null');
  if (types.size === 0 && (values !== undefined || constant !== undefined)) {
    for (const value of values ?? [constant]) types.add(value === null ? 'null' : typeof value);
  }
  return types;
}

export function typeChanges(
  direction: Direction,
  place: string,
  before: Schema,
  after: Schema,
): ContractChange[] {
  const was = typesOf(before);
  const is = typesOf(after);
  // No type allows any.
  if (was.size === 0 || is.size === 0) return [];
  const fits = (type: string, types: ReadonlySet<string>): boolean =>
    types.has(type) || (type === 'integer' && types.has('number'));
  const gone = [...was].filter((type) => !fits(type, is));
  const added = [...is].filter((type) => !fits(type, was));
  const broken = direction === 'request' ? gone : added;
  if (broken.length > 0) {
    return [
      {
        compatibility: 'breaking',
        place,
        what: `was ${listOf(was)} and is now ${listOf(is)}`,
        migration:
          direction === 'request'
            ? `Send ${listOf(is)} for ${place}.`
            : broken.includes('null') && broken.length === 1
              ? `Be ready for null in ${place}.`
              : `Read ${place} as ${listOf(is)}.`,
      },
    ];
  }
  if (before.format !== after.format && before.format !== undefined && after.format !== undefined) {
    return [
      {
        compatibility: 'breaking',
        place,
        what: `had the format ${before.format} and has now ${after.format}`,
        migration: `Use the format ${after.format} for ${place}.`,
      },
    ];
  }
  return gone.length + added.length === 0
    ? []
    : [
        {
          compatibility: 'compatible',
          place,
          what: `was ${listOf(was)} and is now ${listOf(is)}`,
          migration: null,
        },
      ];
}

export function valueChanges(
  direction: Direction,
  place: string,
  before: Schema,
  after: Schema,
): ContractChange[] {
  const was = valuesOf(before);
  const is = valuesOf(after);
  if (was === null && is === null) return [];
  if (was === null || is === null) {
    const narrowed = was === null;
    const breaks = narrowed === (direction === 'request');
    return [
      {
        compatibility: breaks ? (direction === 'request' ? 'breaking' : 'may-break') : 'compatible',
        place,
        what: narrowed ? `takes only ${listOf(is ?? [])} now` : 'is no longer limited to a list of values',
        migration: breaks && narrowed ? `Send one of ${listOf(is ?? [])} for ${place}.` : null,
      },
    ];
  }
  const gone = was.filter((value) => !is.includes(value));
  const added = is.filter((value) => !was.includes(value));
  return [
    ...(gone.length > 0
      ? [
          {
            compatibility: direction === 'request' ? ('breaking' as const) : ('compatible' as const),
            place,
            what: `no longer has the value${gone.length > 1 ? 's' : ''} ${listOf(gone)}`,
            migration: direction === 'request' ? `Stop sending ${listOf(gone)} for ${place}.` : null,
          },
        ]
      : []),
    ...(added.length > 0
      ? [
          {
            compatibility: direction === 'request' ? ('compatible' as const) : ('may-break' as const),
            place,
            what: `has the new value${added.length > 1 ? 's' : ''} ${listOf(added)}`,
            migration: direction === 'request' ? null : `Handle ${listOf(added)} in ${place}.`,
          },
        ]
      : []),
  ];
}

function valuesOf(schema: Schema): string[] | null {
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  return schema.enum?.map((value) => JSON.stringify(value)) ?? null;
}

/** Lower limits that rise and upper limits that fall narrow what is allowed. */
const LOWER = ['minimum', 'minLength', 'minItems'] as const;
const UPPER = ['maximum', 'maxLength', 'maxItems'] as const;

/** Callers are bound by the limits of requests; those of responses only promise. */
export function limitChanges(
  direction: Direction,
  place: string,
  before: Schema,
  after: Schema,
): ContractChange[] {
  if (direction === 'response') return [];
  const narrowed = [
    ...LOWER.filter((limit) => (after[limit] ?? -Infinity) > (before[limit] ?? -Infinity)),
    ...UPPER.filter((limit) => (after[limit] ?? Infinity) < (before[limit] ?? Infinity)),
  ];
  return [
    ...narrowed.map((limit): ContractChange => ({
      compatibility: 'breaking',
      place,
      what: `has ${limit} ${after[limit]} now${before[limit] === undefined ? '' : ` (was ${before[limit]})`}`,
      migration: `Keep ${place} within ${limit} ${after[limit]}.`,
    })),
    ...(after.pattern !== undefined && after.pattern !== before.pattern
      ? [
          {
            compatibility: 'breaking' as const,
            place,
            what: `has to match ${after.pattern} now`,
            migration: `Send ${place} so that it matches ${after.pattern}.`,
          },
        ]
      : []),
  ];
}

function listOf(values: Iterable<string>): string {
  return [...values].join(' or ');
}
