import {
  Agent as HttpAgent,
  createServer,
  type IncomingMessage,
  request as requestHttp,
  type RequestOptions,
  type ServerResponse,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { RearguardError, reasonOf } from '../../core/errors.ts';
import type { Clock } from '../clock.ts';
import { assertLiteralAllowed, guardedLookup } from '../http-client.ts';
import type { NetGuard } from '../net-guard.ts';
import { keepBody, textOf } from './kept-body.ts';
import {
  answerFields,
  clientCookie,
  clientCookieField,
  fieldsOf,
  plainFields,
  requestFields,
} from './pass-headers.ts';
import type { Recording, RecordingOptions, TrafficRecorder } from './types.ts';

const HOST = '127.0.0.1';

/** A recorder whose requests go where the guard lets them. */
export function createTrafficRecorder(guard: NetGuard, clock: Pick<Clock, 'wallMs'>): TrafficRecorder {
  return {
    async start(options) {
      const target = new URL(options.baseUrl);
      assertLiteralAllowed(guard, target);
      const pass = createPass(target, guard, clock, options);
      const server = createServer((request, response) => pass.handle(request, response));
      // A connection that becomes something else is none that can be recorded.
      server.on('upgrade', (_, socket) =>
        socket.end('HTTP/1.1 501 Not Implemented\r\nConnection: close\r\n\r\n'),
      );
      await new Promise<void>((resolve, reject) => {
        server.once('error', (error) => reject(cannotListen(options.port, error)));
        server.listen(options.port, HOST, resolve);
      });
      const { port } = server.address() as AddressInfo;
      pass.openAt(port);
      return {
        url: `http://${HOST}:${port}`,
        async close() {
          server.closeAllConnections();
          await new Promise((resolve) => {
            server.close(resolve);
          });
          pass.close();
        },
      } satisfies Recording;
    },
  };
}

function createPass(target: URL, guard: NetGuard, clock: Pick<Clock, 'wallMs'>, options: RecordingOptions) {
  const isTls = target.protocol === 'https:';
  const agent = isTls ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const open = isTls ? requestHttps : requestHttp;
  const basePath = target.pathname.replace(/\/+$/, '');
  const { tls = {}, maxBodyBytes } = options;
  const trust: RequestOptions & Record<string, unknown> = {
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  };
  let own = '';
  let ownHosts: readonly string[] = [];
  let clients = 0;

  function handle(request: IncomingMessage, response: ServerResponse): void {
    // A page of somebody else must not reach the target through us by a name that it has pointed here.
    if (!ownHosts.includes(request.headers.host ?? '')) {
      response.writeHead(421, { 'content-type': 'text/plain' }).end('This proxy is for its own address.\n');
      return;
    }
    const startMs = clock.wallMs();
    const fields = fieldsOf(request.rawHeaders);
    const known = clientCookie(fields);
    const isPage = (request.headers.accept ?? '').includes('text/html');
    const given = known === undefined && isPage ? String((clients += 1)) : undefined;
    const method = request.method ?? 'GET';
    const path = request.url ?? '/';
    const headers = requestFields(fields, { own, target });
    const sent = keepBody(maxBodyBytes);
    const received = keepBody(maxBodyBytes);

    const record = (status: number, answer: readonly (readonly [string, string])[]): void => {
      const named = (name: string, list: readonly (readonly [string, string])[]) =>
        list.find(([own]) => own === name)?.[1];
      options.onExchange({
        client:
          known ?? given ?? `${request.socket.remoteAddress ?? ''} ${request.headers['user-agent'] ?? ''}`,
        startMs,
        endMs: clock.wallMs(),
        method,
        path,
        headers,
        body: textOf(
          sent.whole(),
          { encoding: named('content-encoding', headers), type: named('content-type', headers) },
          maxBodyBytes,
        ),
        status,
        answerHeaders: answer.map(([name, value]) => [
          name,
          name === 'location' ? value.replace(target.origin, '') : value,
        ]),
        answerBody: textOf(
          received.whole(),
          { encoding: named('content-encoding', answer), type: named('content-type', answer) },
          maxBodyBytes,
        ),
      });
    };

    const passed = open({
      ...trust,
      agent,
      method,
      path: basePath + path,
      protocol: target.protocol,
      hostname: target.hostname.replace(/^\[|\]$/g, ''),
      ...(target.port === '' ? {} : { port: target.port }),
      headers: plainFields(headers),
      lookup: guardedLookup(guard),
    });
    passed.on('response', (answer) => {
      const answered = fieldsOf(answer.rawHeaders);
      const back = answerFields(answered, { own, target });
      if (given !== undefined) back.push(clientCookieField(given));
      response.writeHead(answer.statusCode ?? 502, plainFields(back));
      answer.on('data', (chunk: Buffer) => received.add(chunk));
      answer.on('end', () => record(answer.statusCode ?? 0, answered));
      answer.on('error', () => response.destroy());
      answer.pipe(response);
    });
    passed.on('error', (error) => {
      if (response.headersSent) response.destroy();
      else {
        response
          .writeHead(502, { 'content-type': 'text/plain' })
          .end(`The target did not answer: ${reasonOf(error)}\n`);
      }
      record(0, []);
    });
    response.on('close', () => {
      if (!response.writableFinished) passed.destroy();
    });
    request.on('data', (chunk: Buffer) => sent.add(chunk));
    request.pipe(passed);
  }

  return {
    handle,
    openAt(port: number) {
      own = `http://${HOST}:${port}`;
      ownHosts = [HOST, 'localhost', '[::1]'].map((host) => `${host}:${port}`);
    },
    close: () => agent.destroy(),
  };
}

function cannotListen(port: number, error: NodeJS.ErrnoException): RearguardError {
  return new RearguardError('E_LISTEN', {
    address: `${HOST}:${port}`,
    reason: error.code === 'EADDRINUSE' ? 'the port is taken' : reasonOf(error),
    hint: 'Give another --port; 0 takes a free one.',
  });
}
