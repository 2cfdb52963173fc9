import type { MediaType, OpenApiDocument, Operation, Response } from './document.ts';
import { resolveReference } from './references.ts';
import type { Schema } from './schema.ts';

export interface ResponseExample {
  status: string;
  value: unknown;
  /** document: written down there; schema: made up from the types, so that its values mean nothing. */
  source: 'document' | 'schema';
}

/** What the first success of an operation looks like; null where it has no JSON body or nothing says how it looks. */
export function responseExample(document: OpenApiDocument, operation: Operation): ResponseExample | null {
  const [status, response] =
    Object.entries(operation.responses ?? {})
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .find(([code]) => code.startsWith('2')) ?? [];
  if (status === undefined) return null;
  const content = resolveReference<Response>(document, response)?.content ?? {};
  const [, media] = Object.entries(content).find(([type]) => /[/+]json\b/i.test(type)) ?? [];
  if (media === undefined) return null;
  const given = givenExample(document, media);
  if (given !== undefined) return { status, value: given, source: 'document' };
  const schema = resolveReference<Schema>(document, media.schema);
  return schema === undefined ? null : { status, value: sampleOf(document, schema, 0), source: 'schema' };
}

function givenExample(document: OpenApiDocument, media: MediaType): unknown {
  const schema = resolveReference<Schema>(document, media.schema);
  const first = Object.values(media.examples ?? {})[0];
  return media.example ?? first?.value ?? schema?.example ?? schema?.examples?.[0];
}

const MAX_DEPTH = 8;

const BY_FORMAT: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  email: 'name@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

function sampleOf(document: OpenApiDocument, reference: Schema, depth: number): unknown {
  const schema = resolveReference<Schema>(document, reference);
  if (schema === undefined || depth > MAX_DEPTH) return null;
  const given = [schema.example, schema.examples?.[0], schema.const, schema.enum?.[0], schema.default];
  const value = given.find((one) => one !== undefined);
  if (value !== undefined) return value;
  const [variant] = schema.oneOf ?? schema.anyOf ?? [];
  if (variant !== undefined) return sampleOf(document, variant, depth + 1);
  if (schema.properties !== undefined || schema.allOf !== undefined) {
    const parts = (schema.allOf ?? []).map((part) => sampleOf(document, part, depth + 1));
    const own = Object.entries(schema.properties ?? {})
      .filter(([, property]) => property.writeOnly !== true)
      .map(([name, property]) => [name, sampleOf(document, property, depth + 1)] as const);
    return Object.assign({}, ...parts, Object.fromEntries(own)) as unknown;
  }
  if (schema.items !== undefined) return [sampleOf(document, schema.items, depth + 1)];
  return plainSample(schema);
}

function plainSample({ type, format = '' }: Schema): unknown {
  const named = typeof type === 'string' ? type : type?.find((one) => one !== 'null');
  switch (named) {
    case 'string':
      return Object.hasOwn(BY_FORMAT, format) ? BY_FORMAT[format] : 'text';
    case 'integer':
    case 'number':
      return 0;
    case 'boolean':
      return true;
    case 'array':
      return [];
    case 'object':
      return {};
    default:
      return null;
  }
}
