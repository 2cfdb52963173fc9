import type { OpenApiDocument, Operation, RequestBody } from '../../../core/openapi/document.ts';
import { resolveReference } from '../../../core/openapi/references.ts';
import type { Schema } from '../../../core/openapi/schema.ts';

/** A schema may refer to itself; nothing real is nested deeper. */
const MAX_DEPTH = 12;

/**
 * A JSON body: the document's own example, else one of the examples of its required properties. undefined where none is required;
 * what is missing where an example cannot be made without inventing a value that the server may refuse.
 */
export function exampleBody(
  document: OpenApiDocument,
  operation: Operation,
): { value: unknown } | { missing: string } {
  const body = resolveReference<RequestBody>(document, operation.requestBody);
  if (body === undefined) return { value: undefined };
  const [, media] = Object.entries(body.content ?? {}).find(([type]) => /[/+]json\b/i.test(type)) ?? [];
  if (media === undefined)
    return body.required === true ? { missing: 'it is no JSON' } : { value: undefined };
  const own = media.example ?? Object.values(media.examples ?? {})[0]?.value;
  if (own !== undefined) return { value: own };
  return exampleOf(document, media.schema, 'body', 0);
}

function exampleOf(
  document: OpenApiDocument,
  schemaOrReference: Schema | undefined,
  name: string,
  depth: number,
): { value: unknown } | { missing: string } {
  const schema = resolveReference<Schema>(document, schemaOrReference);
  if (schema === undefined || depth > MAX_DEPTH) return { missing: name };
  const given = [schema.example, schema.examples?.[0], schema.default, schema.const, schema.enum?.[0]];
  const value = given.find((one) => one !== undefined);
  if (value !== undefined) return { value };
  if (schema.properties !== undefined || schema.allOf !== undefined)
    return objectOf(document, schema, name, depth);
  if (schema.items !== undefined) {
    const item = exampleOf(document, schema.items, `${name}[]`, depth + 1);
    return 'value' in item ? { value: [item.value] } : item;
  }
  return schema.type === 'boolean' ? { value: true } : { missing: name };
}

function objectOf(
  document: OpenApiDocument,
  schema: Schema,
  name: string,
  depth: number,
): { value: unknown } | { missing: string } {
  const whole: Record<string, unknown> = {};
  for (const part of schema.allOf ?? []) {
    const made = exampleOf(document, part, name, depth + 1);
    if ('missing' in made) return made;
    Object.assign(whole, made.value);
  }
  for (const key of schema.required ?? []) {
    const made = exampleOf(document, schema.properties?.[key], key, depth + 1);
    if ('missing' in made) return made;
    whole[key] = made.value;
  }
  return { value: whole };
}
