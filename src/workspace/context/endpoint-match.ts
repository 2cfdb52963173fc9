/** `GET /api/users/{id}` as method and path. */
export interface Operation {
  method: string;
  path: string;
}

/** `GET /api/users?page=1` as operation, without its query; null for what is none. */
export function operationIn(text: string): Operation | null {
  const [, method, path] = /^([A-Z]+) (\/[^\s?#]*)/.exec(text) ?? [];
  return method === undefined || path === undefined ? null : { method, path };
}

/** Whether a call, or another way to write the template, belongs to the declared operation. Parameters fit one segment each. */
export function isOperation(declared: Operation, called: Operation): boolean {
  if (declared.method !== 'ANY' && called.method !== 'ANY' && declared.method !== called.method) return false;
  const [wanted, given] = [segments(declared.path), segments(called.path)];
  return (
    wanted.length === given.length &&
    wanted.every(
      (segment, index) => isParameter(segment) || isParameter(given[index]) || segment === given[index],
    )
  );
}

/** The declaration that a call belongs to: `/users/me` to itself rather than to `/users/{id}`. */
export function declarationOf<Declared extends Operation>(
  declared: readonly Declared[],
  called: Operation,
): Declared | undefined {
  const parameters = ({ path }: Operation): number => segments(path).filter(isParameter).length;
  return declared
    .filter((operation) => isOperation(operation, called))
    .toSorted(
      (a, b) => parameters(a) - parameters(b) || Number(a.method === 'ANY') - Number(b.method === 'ANY'),
    )[0];
}

function segments(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** As OpenAPI, most frameworks, or Python ones write it. */
function isParameter(segment: string | undefined): boolean {
  return segment !== undefined && /^(?:\{.*\}|:.+|<.*>|\*)$/.test(segment);
}
