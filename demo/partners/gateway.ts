import type { RequestListener } from 'node:http';
import { forward } from './forward.ts';

/** A reverse proxy: `/delivery/v1/...` goes to the service of that name as `/v1/...`; `/health` is its own. */
export function gateway(ports: Readonly<Record<string, number>>): RequestListener {
  return (request, response) => {
    const [, name = '', path = '/'] = /^\/([\w-]+)(\/.*)?$/.exec(request.url ?? '') ?? [];
    const port = Object.hasOwn(ports, name) ? ports[name] : undefined;
    if (port !== undefined) return forward(request, response, { port, path });
    const [status, body] =
      request.url === '/health' ? [200, { status: 'up' }] : [404, { error: 'not found' }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
}
