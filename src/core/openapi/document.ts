import type { Schema } from './schema.ts';

/** The parts of an OpenAPI 3.x document that Rearguard reads; anything else is kept as unknown. */
export interface OpenApiDocument {
  openapi: string;
  paths: Readonly<Record<string, PathItem>>;
  security?: readonly SecurityRequirement[];
  components?: {
    parameters?: Readonly<Record<string, Parameter>>;
    requestBodies?: Readonly<Record<string, RequestBody>>;
    schemas?: Readonly<Record<string, Schema>>;
    responses?: Readonly<Record<string, Response>>;
  };
}

export const OPERATION_METHODS = ['get', 'head', 'options', 'post', 'put', 'patch', 'delete'] as const;

export interface PathItem extends Partial<Record<(typeof OPERATION_METHODS)[number], Operation>> {
  parameters?: readonly (Parameter | Reference)[];
}

export interface Operation {
  operationId?: string;
  parameters?: readonly (Parameter | Reference)[];
  security?: readonly SecurityRequirement[];
  deprecated?: boolean;
  requestBody?: RequestBody | Reference;
  summary?: string;
  responses?: Readonly<Record<string, Response | Reference>>;
}

export interface Response {
  description?: string;
  content?: Readonly<Record<string, MediaType>>;
}

export interface RequestBody {
  required?: boolean;
  content?: Readonly<Record<string, MediaType>>;
}

export interface MediaType {
  example?: unknown;
  examples?: Readonly<Record<string, { value?: unknown }>>;
  schema?: Schema;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie';
  required?: boolean;
  example?: unknown;
  examples?: Readonly<Record<string, { value?: unknown }>>;
  schema?: Schema;
}

export interface Reference {
  $ref: string;
}

/** An empty requirement means that no authentication is needed. */
export type SecurityRequirement = Readonly<Record<string, readonly string[]>>;
