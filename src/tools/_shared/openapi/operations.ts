import type { OpenApiDocument, Operation, Parameter, PathItem, Reference } from './document.ts';

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
    if (needsAuthentication(document, operation) && !options.authenticated) {
      skipped.push({
        path: template,
        reason: 'it needs authentication',
        hint: 'Give the target `auth` or an authorization header.',
      });
      continue;
    }
    const filled = fillPath(document, template, item, operation);
    if ('missing' in filled) {
      skipped.push({
        path: template,
        reason: `its parameter ${filled.missing} has no example`,
        hint: 'Add an example to the document, or list the endpoint with a concrete path.',
      });
      continue;
    }
    operations.push({ path: filled.path, template });
  }
  return { operations, skipped };
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

/** Parameters of the operation override those of the path item by name and place (OpenAPI 3.1, Path Item Object). */
function parametersOf(document: OpenApiDocument, item: PathItem, operation: Operation): Parameter[] {
  const byKey = new Map<string, Parameter>();
  for (const entry of [...(item.parameters ?? []), ...(operation.parameters ?? [])]) {
    const parameter = isReference(entry)
      ? document.components?.parameters?.[entry.$ref.split('/').at(-1) ?? '']
      : entry;
    if (parameter) byKey.set(`${parameter.in}:${parameter.name}`, parameter);
  }
  return [...byKey.values()];
}

function isReference(entry: Parameter | Reference): entry is Reference {
  return '$ref' in entry;
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
