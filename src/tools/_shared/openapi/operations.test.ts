import { describe, expect, it } from 'vitest';
import type { OpenApiDocument } from '../../../core/openapi/document.ts';
import { safeOperations } from './operations.ts';

const document: OpenApiDocument = {
  openapi: '3.1.0',
  components: { parameters: { page: { name: 'page', in: 'query', required: true, schema: { default: 1 } } } },
  paths: {
    '/products': { get: { parameters: [{ $ref: '#/components/parameters/page' }] } },
    '/products/{id}': { parameters: [{ name: 'id', in: 'path', required: true, example: 'a b' }], get: {} },
    '/orders/{id}': {
      get: { parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] },
    },
    '/me': { get: { security: [{ bearer: [] }] } },
    '/public': { get: { security: [{}, { bearer: [] }] } },
    '/signup': {},
  },
};

describe('safeOperations', () => {
  it('takes GETs that can be called as they are, with their examples filled in', () => {
    const { operations } = safeOperations(document, { authenticated: false });
    expect(operations.map(({ path }) => path)).toEqual(['/products?page=1', '/products/a%20b', '/public']);
  });

  it('says why the others are left out', () => {
    const { skipped } = safeOperations(document, { authenticated: false });
    expect(skipped.map(({ path, reason }) => [path, reason])).toEqual([
      ['/orders/{id}', 'its parameter id has no example'],
      ['/me', 'it needs authentication'],
    ]);
  });

  it('takes protected ones when the target has credentials', () => {
    const { operations } = safeOperations(document, { authenticated: true });
    expect(operations.map(({ path }) => path)).toContain('/me');
  });
});
