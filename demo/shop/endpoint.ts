import type { FastifyRequest } from 'fastify';

/** Method and path of the route, as in the OpenAPI document. */
export function endpointOf(request: FastifyRequest): string {
  return `${request.method} ${(request.routeOptions.url ?? '').replaceAll(/:(\w+)/g, '{$1}')}`;
}
