import {
  type OpenApiDocument,
  type Operation,
  OPERATION_METHODS,
  type Parameter,
  type PathItem,
} from '../../../core/openapi/document.ts';
import { parametersOf } from '../../../core/openapi/references.ts';
import { exampleBody } from './example-body.ts';

export interface SafeOperation {
  /** Path with its parameters filled in, and required query parameters. */
  path: string;
  template: string;
}

export interface SkippedOperation {
  path: string;
  reason: string;
  hint: string;
}

/** An operation of any method, with what it takes to call it. */
export interface CallableOperation extends SafeOperation {
  /** In upper case. */
  method: string;
  /** Example of a JSON body; undefined where it has none. */
  body: unknown;
}

/**
 * GET operations that can be called as they are. GET is safe by definition (RFC 9110, section 9.2.1); an operation is left out,
 * with the reason, when a required parameter has no example or when it needs authentication that the target does not have.
 */
export function safeOperations(
  document: OpenApiDocument,
  options: { authenticated: boolean },
): { operations: SafeOperation[]; skipped: SkippedOperation[] } {
  const operations: SafeOperation[] = [];
  const skipped: SkippedOperation[] = [];
  for (const [template, item] of Object.entries(document.paths)) {
    const operation = item.get;
    if (operation === undefined) continue;
    const call = callOf(document, template, item, operation, options);
    if ('reason' in call) skipped.push({ path: template, ...call });
    else operations.push({ path: call.path, template });
  }
  return { operations, skipped };
}

/** The same for every method; what may change something is left out too, unless `unsafe` is given, and so is a body without an example. */
export function callableOperations(
  document: OpenApiDocument,
  options: { authenticated: boolean; unsafe: boolean },
): { operations: CallableOperation[]; skipped: (SkippedOperation & { method: string })[] } {
  const operations: CallableOperation[] = [];
  const skipped: (SkippedOperation & { method: string })[] = [];
  for (const [template, item] of Object.entries(document.paths)) {
    for (const key of OPERATION_METHODS) {
      const operation = item[key];
      if (operation === undefined) continue;
      const method = key.toUpperCase();
      const isSafe = ['get', 'head', 'options'].includes(key);
      const call =
        isSafe || options.unsafe
          ? callOf(document, template, item, operation, options)
          : { reason: 'it may change something', hint: 'Give --unsafe if that is meant.' };
      if ('reason' in call) {
        skipped.push({ method, path: template, ...call });
        continue;
      }
      const body = isSafe ? { value: undefined } : exampleBody(document, operation);
      if ('missing' in body) {
        const hint = 'Add an example to the document, or write a scenario.';
        skipped.push({ method, path: template, reason: `its body has no example (${body.missing})`, hint });
      } else operations.push({ method, path: call.path, template, body: body.value });
    }
  }
  return { operations, skipped };
}

function callOf(
  document: OpenApiDocument,
  template: string,
  item: PathItem,
  operation: Operation,
  options: { authenticated: boolean },
): { path: string } | { reason: string; hint: string } {
  if (needsAuthentication(document, operation) && !options.authenticated) {
    return {
      reason: 'it needs authentication',
      hint: 'Give the target `auth` or an authorization header.',
    };
  }
  const filled = fillPath(document, template, item, operation);
  if ('path' in filled) return filled;
  return {
    reason: `its parameter ${filled.missing} has no example`,
    hint: 'Add an example to the document, or list the endpoint with a concrete path.',
  };
}

function needsAuthentication(document: OpenApiDocument, operation: Operation): boolean {
  const requirements = operation.security ?? document.security ?? [];
  return requirements.length > 0 && requirements.every((requirement) => Object.keys(requirement).length > 0);
}

function fillPath(
  document: OpenApiDocument,
  template: string,
  item: PathItem,
  operation: Operation,
): { path: string } | { missing: string } {
  let path = template;
  const query = new URLSearchParams();
  for (const parameter of parametersOf(document, item, operation)) {
    const required = parameter.in === 'path' || (parameter.required ?? false);
    if (!required) continue;
    const value = exampleOf(parameter);
    if (value === undefined || parameter.in === 'header' || parameter.in === 'cookie')
      return { missing: parameter.name };
    if (parameter.in === 'path') path = path.replaceAll(`{${parameter.name}}`, encodeURIComponent(value));
    else query.set(parameter.name, value);
  }
  const left = /\{([^}]+)\}/.exec(path);
  if (left) return { missing: left[1] ?? '' };
  return { path: query.size > 0 ? `${path}?${query.toString()}` : path };
}

function exampleOf(parameter: Parameter): string | undefined {
  const schema = parameter.schema;
  const candidates = [
    parameter.example,
    Object.values(parameter.examples ?? {})[0]?.value,
    schema?.example,
    schema?.examples?.[0],
    schema?.default,
    schema?.enum?.[0],
  ];
  const value = candidates.find((candidate) => candidate !== undefined && candidate !== null);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
