import type { ContractChange, OperationChange } from './change.ts';
import {
  type MediaType,
  type OpenApiDocument,
  type Operation,
  OPERATION_METHODS,
  type Parameter,
  type PathItem,
  type RequestBody,
  type Response,
} from './document.ts';
import { parametersOf, resolveReference } from './references.ts';
import { type SchemaPair, schemaChanges } from './schema-changes.ts';

interface PlacedOperation {
  method: string;
  path: string;
  item: PathItem;
  operation: Operation;
}

/**
 * What changed between two versions of an API, operation by operation, by path and method. Renamed path parameters are no change: callers never
 * see their names.
 */
export function operationChanges(before: OpenApiDocument, after: OpenApiDocument): OperationChange[] {
  const was = operationsOf(before);
  const is = operationsOf(after);
  const keys = [...new Set([...was.keys(), ...is.keys()])].toSorted();
  return keys.flatMap((key) => {
    const [one, other] = [was.get(key), is.get(key)];
    if (one === undefined && other !== undefined) return [addedOperation(other)];
    if (one !== undefined && other === undefined) return [removedOperation(one)];
    if (one === undefined || other === undefined) return [];
    const changes = changesOf(before, after, one, other);
    const { method, path } = other;
    return changes.length === 0 ? [] : [{ method, path, kind: 'changed', changes }];
  });
}

function operationsOf(document: OpenApiDocument): Map<string, PlacedOperation> {
  const operations = new Map<string, PlacedOperation>();
  for (const [path, entry] of Object.entries(document.paths)) {
    const item = resolveReference<PathItem | null>(document, entry);
    if (item === undefined || item === null) continue;
    for (const name of OPERATION_METHODS) {
      const operation = item[name];
      const method = name.toUpperCase();
      if (operation) {
        operations.set(`${path.replace(/\{[^}]*\}/g, '{}')} ${method}`, { method, path, item, operation });
      }
    }
  }
  return operations;
}

function addedOperation({ method, path, operation }: PlacedOperation): OperationChange {
  const what = operation.summary === undefined ? 'is new' : `is new: ${operation.summary}`;
  return {
    method,
    path,
    kind: 'added',
    changes: [{ compatibility: 'compatible', place: 'operation', what, migration: null }],
  };
}

function removedOperation({ method, path, operation }: PlacedOperation): OperationChange {
  const announced = operation.deprecated === true ? ' (it was deprecated before)' : '';
  return {
    method,
    path,
    kind: 'removed',
    changes: [
      {
        compatibility: 'breaking',
        place: 'operation',
        what: `is gone${announced}`,
        migration: `Stop calling ${method} ${path}.`,
      },
    ],
  };
}

function changesOf(
  before: OpenApiDocument,
  after: OpenApiDocument,
  one: PlacedOperation,
  other: PlacedOperation,
): ContractChange[] {
  const request: SchemaPair = { before, after, direction: 'request' };
  const response: SchemaPair = { before, after, direction: 'response' };
  return [
    ...deprecation(one, other),
    ...securityChanges(before, after, one.operation, other.operation),
    ...parameterChanges(
      request,
      parametersOf(before, one.item, one.operation),
      parametersOf(after, other.item, other.operation),
    ),
    ...bodyChanges(request, one.operation, other.operation),
    ...responseChanges(response, one.operation, other.operation),
  ];
}

function deprecation(one: PlacedOperation, other: PlacedOperation): ContractChange[] {
  const [was, is] = [one.operation.deprecated === true, other.operation.deprecated === true];
  if (was === is) return [];
  return [
    {
      compatibility: 'compatible',
      place: 'operation',
      what: is ? 'is deprecated now' : 'is no longer deprecated',
      migration: is ? `Plan to stop calling ${other.method} ${other.path}.` : null,
    },
  ];
}

/** Whoever could call it must still be able to: every way in that there was, or no need for one. */
function securityChanges(
  before: OpenApiDocument,
  after: OpenApiDocument,
  one: Operation,
  other: Operation,
): ContractChange[] {
  const was = waysIn(one.security ?? before.security ?? []);
  const is = waysIn(other.security ?? after.security ?? []);
  const isOpen = is.length === 0 || is.includes('');
  const gone = (was.length === 0 ? [''] : was).filter((way) => !isOpen && !is.includes(way));
  if (gone.length > 0) {
    return [
      {
        compatibility: 'breaking',
        place: 'security',
        what:
          was.length === 0 || was.includes('')
            ? 'asks for authentication now'
            : 'asks for other credentials now',
        migration: `Authenticate with ${is.join(' or ')}.`,
      },
    ];
  }
  const opened = isOpen && was.length > 0 && !was.includes('');
  return opened
    ? [
        {
          compatibility: 'compatible',
          place: 'security',
          what: 'needs no authentication now',
          migration: null,
        },
      ]
    : [];
}

/** `bearer(read, write)`; the empty text is the way in without credentials. */
function waysIn(requirements: NonNullable<Operation['security']>): string[] {
  return requirements.map((requirement) =>
    Object.entries(requirement)
      .map(([scheme, scopes]) =>
        scopes.length === 0 ? scheme : `${scheme}(${[...scopes].toSorted().join(', ')})`,
      )
      .toSorted()
      .join(' and '),
  );
}

function parameterChanges(
  pair: SchemaPair,
  before: readonly Parameter[],
  after: readonly Parameter[],
): ContractChange[] {
  const outside = (parameters: readonly Parameter[]): Map<string, Parameter> =>
    new Map(parameters.filter((one) => one.in !== 'path').map((one) => [`${one.in} ${one.name}`, one]));
  const [was, is] = [outside(before), outside(after)];
  return [...new Set([...was.keys(), ...is.keys()])].toSorted().flatMap((place): ContractChange[] => {
    const [one, other] = [was.get(place), is.get(place)];
    if (other === undefined) {
      return [
        {
          compatibility: 'may-break',
          place,
          what: 'is gone and will be ignored or refused',
          migration: `Stop sending ${place}.`,
        },
      ];
    }
    const required = other.required === true;
    if (one === undefined) {
      return required
        ? [{ compatibility: 'breaking', place, what: 'is new and required', migration: `Send ${place}.` }]
        : [{ compatibility: 'compatible', place, what: 'is new', migration: null }];
    }
    const requirement: ContractChange[] =
      required && one.required !== true
        ? [{ compatibility: 'breaking', place, what: 'is now required', migration: `Always send ${place}.` }]
        : [];
    return [...requirement, ...schemaChanges(pair, place, one.schema, other.schema)];
  });
}

function bodyChanges(pair: SchemaPair, one: Operation, other: Operation): ContractChange[] {
  const place = 'request body';
  const was = resolveReference<RequestBody>(pair.before, one.requestBody);
  const is = resolveReference<RequestBody>(pair.after, other.requestBody);
  const required: ContractChange[] =
    is?.required === true && was?.required !== true
      ? [{ compatibility: 'breaking', place, what: 'is now required', migration: `Send a body.` }]
      : [];
  if (was !== undefined && is === undefined) {
    return [{ compatibility: 'may-break', place, what: 'is gone', migration: 'Stop sending a body.' }];
  }
  return [...required, ...contentChanges(pair, place, was?.content, is?.content)];
}

function responseChanges(pair: SchemaPair, one: Operation, other: Operation): ContractChange[] {
  const was = one.responses ?? {};
  const is = other.responses ?? {};
  const statuses = [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted();
  return statuses.flatMap((status): ContractChange[] => {
    const place = `response ${status}`;
    const isSuccess = status.startsWith('2');
    if (!(status in is)) {
      return [
        {
          compatibility: isSuccess ? 'breaking' : 'compatible',
          place,
          what: 'is gone',
          migration: isSuccess ? `Do not wait for status ${status}.` : null,
        },
      ];
    }
    if (!(status in was)) {
      return [
        {
          compatibility: isSuccess ? 'may-break' : 'compatible',
          place,
          what: 'is new',
          migration: isSuccess ? `Handle status ${status}.` : null,
        },
      ];
    }
    const before = resolveReference<Response>(pair.before, was[status]);
    const after = resolveReference<Response>(pair.after, is[status]);
    return contentChanges(pair, `${place} body`, before?.content, after?.content);
  });
}

type Content = Readonly<Record<string, MediaType>> | undefined;

function contentChanges(pair: SchemaPair, place: string, before: Content, after: Content): ContractChange[] {
  const was = before ?? {};
  const is = after ?? {};
  const gone = Object.keys(was).filter((type) => !(type in is));
  return [
    ...gone.map((type): ContractChange => ({
      compatibility: 'breaking',
      place,
      what: `is no longer ${type}`,
      migration: Object.keys(is).length > 0 ? `Use ${Object.keys(is).join(' or ')}.` : null,
    })),
    ...Object.keys(is)
      .filter((type) => !(type in was) && Object.keys(was).length > 0)
      .map((type): ContractChange => ({
        compatibility: 'compatible',
        place,
        what: `may also be ${type}`,
        migration: null,
      })),
    ...Object.keys(is)
      .filter((type) => type in was)
      .flatMap((type) => schemaChanges(pair, place, was[type]?.schema, is[type]?.schema)),
  ];
}
