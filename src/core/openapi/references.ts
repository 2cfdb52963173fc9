import type { OpenApiDocument, Operation, Parameter, PathItem, Reference } from './document.ts';

export function isReference(value: unknown): value is Reference {
  return typeof value === 'object' && value !== null && typeof (value as Reference).$ref === 'string';
}

/** A chain of references longer than this goes in a circle. */
const MAX_HOPS = 32;

/**
 * What a value or the reference in its place stands for, by JSON Pointer within the document (OpenAPI 3.1, 4.8.23); undefined for one that
 * leads out of it, nowhere or in a circle.
 */
export function resolveReference<Value>(
  document: OpenApiDocument,
  value: Value | Reference | undefined,
): Value | undefined {
  let current: unknown = value;
  for (let hop = 0; isReference(current); hop += 1) {
    if (hop >= MAX_HOPS || !current.$ref.startsWith('#/')) return undefined;
    current = current.$ref
      .slice(2)
      .split('/')
      .reduce(step, document as unknown);
  }
  return current as Value | undefined;
}

function step(at: unknown, token: string): unknown {
  const name = decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
  return typeof at === 'object' && at !== null && Object.hasOwn(at, name)
    ? (at as Record<string, unknown>)[name]
    : undefined;
}

/** Parameters of the operation override those of the path item by name and place (OpenAPI 3.1, Path Item Object). */
export function parametersOf(document: OpenApiDocument, item: PathItem, operation: Operation): Parameter[] {
  const byKey = new Map<string, Parameter>();
  for (const entry of [...(item.parameters ?? []), ...(operation.parameters ?? [])]) {
    const parameter = resolveReference<Parameter>(document, entry);
    if (parameter) byKey.set(`${parameter.in}:${parameter.name}`, parameter);
  }
  return [...byKey.values()];
}
