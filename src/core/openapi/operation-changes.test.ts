import { describe, expect, it } from 'vitest';
import { compatibilityOf } from './change.ts';
import type { OpenApiDocument, Operation, Parameter } from './document.ts';
import { operationChanges } from './operation-changes.ts';
import type { Schema } from './schema.ts';

function documentOf(
  operations: Readonly<Record<string, Operation>>,
  more: Partial<OpenApiDocument> = {},
): OpenApiDocument {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const [key, operation] of Object.entries(operations)) {
    const [method = '', path = ''] = key.split(' ');
    paths[path] = { ...paths[path], [method]: operation };
  }
  return { openapi: '3.1.0', paths, ...more };
}

function json(schema: Schema): { content: { 'application/json': { schema: Schema } } } {
  return { content: { 'application/json': { schema } } };
}

const withResponse = (schema: Schema): OpenApiDocument =>
  documentOf({ 'get /a': { responses: { 200: json(schema) } } });
const withBody = (schema: Schema): OpenApiDocument =>
  documentOf({ 'post /a': { requestBody: json(schema) } });
const withParameter = (parameter: Partial<Parameter>): OpenApiDocument =>
  documentOf({ 'get /a': { parameters: [{ name: 'limit', in: 'query', ...parameter }] } });
const object = (properties: Record<string, Schema>, required: string[] = []): Schema => ({
  type: 'object',
  properties,
  required,
});
const TEXT: Schema = { type: 'string' };

/** Between two documents: the worst compatibility, and each change as `place what`. */
function changesBetween(before: OpenApiDocument, after: OpenApiDocument): [string, string[]] {
  const changes = operationChanges(before, after).flatMap((operation) => operation.changes);
  return [compatibilityOf(changes), changes.map(({ place, what }) => `${place} ${what}`)];
}

describe('operationChanges', () => {
  it.each<[string, OpenApiDocument, OpenApiDocument, string, string[]]>([
    [
      'an operation that is gone',
      documentOf({ 'get /a': {} }),
      documentOf({}),
      'breaking',
      ['operation is gone'],
    ],
    ['a new operation', documentOf({}), documentOf({ 'get /a': {} }), 'compatible', ['operation is new']],
    [
      'a renamed path parameter',
      documentOf({ 'get /a/{id}': {} }),
      documentOf({ 'get /a/{userId}': {} }),
      'compatible',
      [],
    ],
    [
      'a response field that is gone',
      withResponse(object({ email: TEXT, id: TEXT })),
      withResponse(object({ id: TEXT })),
      'breaking',
      ['response 200 body.email is gone'],
    ],
    [
      'a response field that is new',
      withResponse(object({ id: TEXT })),
      withResponse(object({ id: TEXT, email: TEXT })),
      'compatible',
      ['response 200 body.email is new'],
    ],
    [
      'a response field that may be absent',
      withResponse(object({ id: TEXT }, ['id'])),
      withResponse(object({ id: TEXT })),
      'breaking',
      ['response 200 body.id may be absent now'],
    ],
    [
      'a response field that may be null',
      withResponse(object({ id: TEXT })),
      withResponse(object({ id: { type: ['string', 'null'] } })),
      'breaking',
      ['response 200 body.id was string and is now string or null'],
    ],
    [
      'an integer that becomes any number, in a response',
      withResponse({ type: 'integer' }),
      withResponse({ type: 'number' }),
      'breaking',
      ['response 200 body was integer and is now number'],
    ],
    [
      'an integer that becomes any number, in a request',
      withBody({ type: 'integer' }),
      withBody({ type: 'number' }),
      'compatible',
      ['request body was integer and is now number'],
    ],
    [
      'a new value in a response',
      withResponse({ enum: ['a'] }),
      withResponse({ enum: ['a', 'b'] }),
      'may-break',
      ['response 200 body has the new value "b"'],
    ],
    [
      'a value that a request may no longer have',
      withBody({ enum: ['a', 'b'] }),
      withBody({ enum: ['a'] }),
      'breaking',
      ['request body no longer has the value "b"'],
    ],
    [
      'a new required field of a request',
      withBody(object({})),
      withBody(object({ sku: TEXT }, ['sku'])),
      'breaking',
      ['request body.sku is new and required'],
    ],
    [
      'a new optional field of a request',
      withBody(object({})),
      withBody(object({ sku: TEXT })),
      'compatible',
      ['request body.sku is new'],
    ],
    [
      'a request field that is gone where unknown ones are refused',
      withBody(object({ sku: TEXT })),
      withBody({ ...object({}), additionalProperties: false }),
      'breaking',
      ['request body.sku is gone, and unknown fields are refused'],
    ],
    [
      'what only the backend writes is no part of a request',
      withBody(object({})),
      withBody(object({ id: { type: 'string', readOnly: true } }, ['id'])),
      'compatible',
      [],
    ],
    [
      'a limit of a request that is narrower',
      withBody({ type: 'string', maxLength: 80 }),
      withBody({ type: 'string', maxLength: 40 }),
      'breaking',
      ['request body has maxLength 40 now (was 80)'],
    ],
    [
      'a parameter that becomes required',
      withParameter({}),
      withParameter({ required: true }),
      'breaking',
      ['query limit is now required'],
    ],
    [
      'a parameter that is gone',
      withParameter({}),
      documentOf({ 'get /a': {} }),
      'may-break',
      ['query limit is gone and will be ignored or refused'],
    ],
    [
      'authentication that was not needed',
      documentOf({ 'get /a': {} }),
      documentOf({ 'get /a': { security: [{ bearer: [] }] } }),
      'breaking',
      ['security asks for authentication now'],
    ],
    [
      'one more way to authenticate',
      documentOf({ 'get /a': { security: [{ bearer: [] }] } }),
      documentOf({ 'get /a': { security: [{ bearer: [] }, { key: [] }] } }),
      'compatible',
      [],
    ],
    [
      'a success status that changes',
      documentOf({ 'post /a': { responses: { 200: {} } } }),
      documentOf({ 'post /a': { responses: { 201: {} } } }),
      'breaking',
      ['response 200 is gone', 'response 201 is new'],
    ],
    [
      'a form that a request may no longer have',
      withBody({ oneOf: [object({ a: TEXT }, ['a']), object({ b: TEXT }, ['b'])] }),
      withBody({ oneOf: [object({ a: TEXT }, ['a'])] }),
      'breaking',
      ['request body no longer takes 1 of its forms'],
    ],
  ])('%s', (_title, before, after, compatibility, changes) => {
    expect(changesBetween(before, after)).toEqual([compatibility, changes]);
  });

  it('passes over paths that say nothing', () => {
    const empty = { openapi: '3.1.0', paths: { '/a': null, '/b': { $ref: '#/nowhere' } } };
    expect(operationChanges(empty as unknown as OpenApiDocument, documentOf({}))).toEqual([]);
  });

  it('follows references, also those of schemas that contain themselves', () => {
    const components = (email: Record<string, Schema>): Partial<OpenApiDocument> => ({
      components: {
        schemas: {
          User: object({
            ...email,
            friends: { type: 'array', items: { $ref: '#/components/schemas/User' } },
          }),
        },
      },
    });
    const operations = {
      'get /a': { responses: { 200: json({ allOf: [{ $ref: '#/components/schemas/User' }] }) } },
    };
    const before = documentOf(operations, components({ email: TEXT }));
    const after = documentOf(operations, components({}));
    expect(changesBetween(before, after)).toEqual([
      'breaking',
      ['response 200 body.email is gone', 'response 200 body.friends[].email is gone'],
    ]);
    expect(operationChanges(before, before)).toEqual([]);
  });
});
