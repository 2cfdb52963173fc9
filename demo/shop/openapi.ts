import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Access } from './access.ts';
import { type Schema, refusal } from './schemas.ts';

type Document = Record<string, unknown>;

interface RouteSchema {
  params?: Schema;
  querystring?: Schema;
  body?: Schema;
  response?: Readonly<Record<string, Schema>>;
}

/** Collects every route as it is registered, and serves the OpenAPI 3.1 document made of them at `/openapi.json`. */
export function describeRoutes(app: FastifyInstance): void {
  const paths: Record<string, Document> = {};
  app.addHook('onRoute', (route) => {
    const methods = [route.method].flat().filter((method) => method !== 'HEAD');
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    for (const method of methods) (paths[path] ??= {})[method.toLowerCase()] = operation(route, method, path);
  });
  const document = {
    openapi: '3.1.0',
    info: { title: 'Shop', version: '1.0.0', description: 'The demo backend of Rearguard.' },
    paths,
    components: { securitySchemes: { session: { type: 'http', scheme: 'bearer' } } },
  };
  app.get('/openapi.json', { config: { access: 'anyone', summary: 'This document' } }, async () => document);
}

function operation(route: RouteOptions, method: string, path: string): Document {
  const schema = (route.schema ?? {}) as RouteSchema;
  const access: Access = route.config?.access ?? 'admin';
  const answers = Object.entries(schema.response ?? { 200: {} });
  const statuses = [
    ...answers.map(([status]) => status),
    ...(schema.body || schema.params || schema.querystring ? ['400'] : []),
    ...(access === 'anyone' ? [] : ['401', '403']),
    ...(schema.params ? ['404'] : []),
    '500',
    '503',
  ];
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/\W+(\w)?/g, (_, letter: string | undefined) => letter?.toUpperCase() ?? '')}`,
    summary: route.config?.summary,
    security: access === 'anyone' ? [] : [{ session: [] }],
    parameters: [...parameters(schema.params, 'path'), ...parameters(schema.querystring, 'query')],
    ...(schema.body ? { requestBody: { required: true, content: json(schema.body) } } : {}),
    responses: Object.fromEntries(
      statuses.map((status) => [
        status,
        {
          description: status.startsWith('2') ? 'Done.' : 'Refused or failed.',
          content: json(schema.response?.[status] ?? (status.startsWith('2') ? { type: 'object' } : refusal)),
        },
      ]),
    ),
  };
}

function parameters(schema: Schema | undefined, place: 'path' | 'query'): Document[] {
  const properties = (schema?.['properties'] ?? {}) as Record<string, Schema & { examples?: unknown[] }>;
  const required = (schema?.['required'] ?? []) as string[];
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: property,
    ...(property.examples ? { example: property.examples[0] } : {}),
  }));
}

function json(schema: Schema): Document {
  return { 'application/json': { schema } };
}
