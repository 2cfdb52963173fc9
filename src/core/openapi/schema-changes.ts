import type { ContractChange } from './change.ts';
import type { OpenApiDocument } from './document.ts';
import { resolveReference } from './references.ts';
import type { Schema } from './schema.ts';
import { type Direction, limitChanges, typeChanges, valueChanges } from './value-changes.ts';

export interface SchemaPair {
  before: OpenApiDocument;
  after: OpenApiDocument;
  direction: Direction;
}

const MAX_DEPTH = 24;

/** Differences between two schemas at a place, `body.items[]`. Both may refer to themselves: a pair that was compared is not compared again. */
export function schemaChanges(
  pair: SchemaPair,
  place: string,
  before: Schema | undefined,
  after: Schema | undefined,
): ContractChange[] {
  return compare(pair, place, before, after, new Set(), 0);
}

function compare(
  pair: SchemaPair,
  place: string,
  beforeOrReference: Schema | undefined,
  afterOrReference: Schema | undefined,
  seen: ReadonlySet<string>,
  depth: number,
): ContractChange[] {
  const key = `${beforeOrReference?.$ref ?? ''} ${afterOrReference?.$ref ?? ''}`;
  const isKnown = key !== ' ' && seen.has(key);
  if (depth > MAX_DEPTH || isKnown) return [];
  const within = new Set(seen).add(key);
  const before = flat(pair.before, beforeOrReference);
  const after = flat(pair.after, afterOrReference);
  // Nothing is known of one of them: everything was or is allowed, and no claim can be made.
  if (before === undefined || after === undefined) return [];
  const types = typeChanges(pair.direction, place, before, after);
  if (types.some(({ compatibility }) => compatibility === 'breaking')) return types;
  const down = (name: string, one: Schema | undefined, other: Schema | undefined): ContractChange[] =>
    compare(pair, name, one, other, within, depth + 1);
  return [
    ...types,
    ...valueChanges(pair.direction, place, before, after),
    ...limitChanges(pair.direction, place, before, after),
    ...propertyChanges(pair, place, before, after, down),
    ...(before.items && after.items ? down(`${place}[]`, before.items, after.items) : []),
    ...variantChanges(pair, place, before, after, down),
  ];
}

/** References followed, and the parts of allOf laid over each other. */
function flat(document: OpenApiDocument, schema: Schema | undefined, depth = 0): Schema | undefined {
  const resolved = resolveReference<Schema>(document, schema);
  if (resolved?.allOf === undefined || depth > MAX_DEPTH) return resolved;
  const parts = resolved.allOf.map((part) => flat(document, part, depth + 1) ?? {});
  const { allOf: _parts, ...own } = resolved;
  return [...parts, own].reduce<Schema>(
    (whole, part) => ({
      ...whole,
      ...part,
      properties: { ...whole.properties, ...part.properties },
      required: [...new Set([...(whole.required ?? []), ...(part.required ?? [])])],
    }),
    {},
  );
}

type Down = (name: string, before: Schema | undefined, after: Schema | undefined) => ContractChange[];

function propertyChanges(
  pair: SchemaPair,
  place: string,
  before: Schema,
  after: Schema,
  down: Down,
): ContractChange[] {
  const was = before.properties ?? {};
  const is = after.properties ?? {};
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted();
  return names.flatMap((name) => {
    const at = `${place}.${name}`;
    const [one, other] = [was[name], is[name]];
    if (isIrrelevant(pair, one, other)) return [];
    if (one === undefined) return addedProperty(pair, at, after.required?.includes(name) ?? false);
    if (other === undefined) return removedProperty(pair, at, after);
    return [
      ...requirementChange(
        pair,
        at,
        before.required?.includes(name) ?? false,
        after.required?.includes(name) ?? false,
      ),
      ...down(at, one, other),
    ];
  });
}

/** What only the backend writes is not part of a request, and the other way round. */
function isIrrelevant(
  { direction }: SchemaPair,
  one: Schema | undefined,
  other: Schema | undefined,
): boolean {
  const flag = direction === 'request' ? 'readOnly' : 'writeOnly';
  return (one ?? other)?.[flag] === true && (other ?? one)?.[flag] === true;
}

function addedProperty({ direction }: SchemaPair, place: string, required: boolean): ContractChange[] {
  return direction === 'request' && required
    ? [{ compatibility: 'breaking', place, what: 'is new and required', migration: `Send ${place}.` }]
    : [{ compatibility: 'compatible', place, what: 'is new', migration: null }];
}

function removedProperty({ direction }: SchemaPair, place: string, after: Schema): ContractChange[] {
  if (direction === 'response') {
    return [{ compatibility: 'breaking', place, what: 'is gone', migration: `Stop reading ${place}.` }];
  }
  const refused = after.additionalProperties === false;
  return [
    {
      compatibility: refused ? 'breaking' : 'may-break',
      place,
      what: refused ? 'is gone, and unknown fields are refused' : 'is gone and will be ignored',
      migration: `Stop sending ${place}.`,
    },
  ];
}

function requirementChange(
  { direction }: SchemaPair,
  place: string,
  was: boolean,
  is: boolean,
): ContractChange[] {
  if (was === is) return [];
  if (direction === 'request') {
    return is
      ? [{ compatibility: 'breaking', place, what: 'is now required', migration: `Always send ${place}.` }]
      : [{ compatibility: 'compatible', place, what: 'is no longer required', migration: null }];
  }
  return is
    ? [{ compatibility: 'compatible', place, what: 'is now always there', migration: null }]
    : [
        {
          compatibility: 'breaking',
          place,
          what: 'may be absent now',
          migration: `Be ready for a body without ${place}.`,
        },
      ];
}

function variantChanges(
  { direction }: SchemaPair,
  place: string,
  before: Schema,
  after: Schema,
  down: Down,
): ContractChange[] {
  const was = before.oneOf ?? before.anyOf;
  const is = after.oneOf ?? after.anyOf;
  if (was === undefined || is === undefined) return [];
  const unmatched = is.filter(
    (variant) => !was.some((other) => down(place, other, variant).every(isCompatible)),
  );
  const gone = was.filter((variant) => !is.some((other) => down(place, variant, other).every(isCompatible)));
  const broken = direction === 'request' ? gone : unmatched;
  return broken.length === 0
    ? []
    : [
        {
          compatibility: direction === 'request' ? 'breaking' : 'may-break',
          place,
          what:
            direction === 'request'
              ? `no longer takes ${broken.length} of its forms`
              : `has ${broken.length} new or changed form${broken.length > 1 ? 's' : ''}`,
          migration: `Look at the forms of ${place} in the new document.`,
        },
      ];
}

function isCompatible({ compatibility }: ContractChange): boolean {
  return compatibility === 'compatible';
}
