import type { FailureKind } from '../../../../core/load/measure.ts';
import type { LoadTls } from '../../../../core/load/plan.ts';
import type {
  ConnectionEvents,
  Exchange,
  LoadConnection,
  WireProtocol,
  WireRequest,
  WireResponse,
} from '../types.ts';

/** What came of one request. */
export type Answer =
  | {
      kind: 'response';
      status: number;
      bodyBytes: number;
      body: string | null;
      contentType: string | null;
      cookies: readonly string[];
      /** Whether the connection can take another request. */
      free: number;
    }
  | { kind: 'failure'; failure: FailureKind; detail: string }
  | { kind: 'retry' };

export interface WireClient {
  connection: LoadConnection;
  phases: { connectMs: number; tlsMs: number | null };
  ask(request: Partial<WireRequest>, wants?: Partial<Exchange>): Promise<Answer>;
  /** As `ask`, with the exchange beside its answer: to cancel it. */
  begin(
    request: Partial<WireRequest>,
    wants?: Partial<Exchange>,
  ): { exchange: Exchange; answer: Promise<Answer> };
  closed: Promise<{ failure: FailureKind | null; detail: string }>;
}

export interface WireTarget {
  port: number;
  authority?: string;
  tls?: LoadTls;
  keepAlive?: boolean;
  maxBodyBytes?: number;
  connectTimeoutMs?: number;
  address?: string;
}

/** One connection whose callbacks became promises. Rejects with the kind of failure when it never opens. */
export async function openWire(protocol: WireProtocol, target: WireTarget): Promise<WireClient> {
  const waiting = new Map<Exchange, (answer: Answer) => void>();
  const settle = (exchange: Exchange, answer: Answer): void => {
    waiting.get(exchange)?.(answer);
    waiting.delete(exchange);
  };
  const opened = deferred<WireClient['phases']>();
  const closed = deferred<{ failure: FailureKind | null; detail: string }>();
  const events: ConnectionEvents = {
    onOpen: (_connection, phases) => opened.resolve(phases),
    onResponse: (connection, exchange, response) => settle(exchange, copyOf(response, connection)),
    onFailure: (_connection, exchange, failure, detail) =>
      settle(exchange, { kind: 'failure', failure, detail }),
    onRetry: (_connection, exchange) => settle(exchange, { kind: 'retry' }),
    onClose(_connection, { failure, detail, retry }) {
      for (const exchange of retry) settle(exchange, { kind: 'retry' });
      opened.reject(new Error(`${failure ?? 'closed'}: ${detail}`));
      closed.resolve({ failure, detail });
    },
  };
  const authority = target.authority ?? `127.0.0.1:${target.port}`;
  const keepAlive = target.keepAlive ?? true;
  const connection = protocol.connect(
    {
      address: target.address ?? '127.0.0.1',
      port: target.port,
      authority,
      tls: target.tls ?? null,
      connectTimeoutMs: target.connectTimeoutMs ?? 20_000,
      keepAlive,
      maxBodyBytes: target.maxBodyBytes ?? 1_000_000,
    },
    events,
  );
  const phases = await opened.promise;
  return {
    connection,
    phases,
    closed: closed.promise,
    ask: (request, wants) => begin(request, wants).answer,
    begin,
  };

  function begin(
    request: Partial<WireRequest>,
    wants: Partial<Exchange> = {},
  ): ReturnType<WireClient['begin']> {
    const encoded = protocol.encode(
      { method: 'GET', path: '/', headers: [], body: null, ...request },
      authority,
      { tls: target.tls !== undefined, keepAlive },
    );
    const exchange: Exchange = {
      headOnly: request.method === 'HEAD',
      wantsHead: true,
      wantsBody: true,
      onEvent: null,
      ...wants,
    };
    const answer = new Promise<Answer>((resolve) => {
      waiting.set(exchange, resolve);
      connection.send(encoded, exchange);
      connection.flush();
    });
    return { exchange, answer };
  }
}

function deferred<T>(): { promise: Promise<T>; resolve(value: T): void; reject(error: Error): void } {
  let settle: { resolve(value: T): void; reject(error: Error): void } | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, resolve: (value) => settle?.resolve(value), reject: (error) => settle?.reject(error) };
}

function copyOf(response: WireResponse, connection: LoadConnection): Answer {
  return {
    kind: 'response',
    status: response.status,
    bodyBytes: response.bodyBytes,
    body: response.body()?.toString('utf8') ?? null,
    contentType: response.header('content-type'),
    cookies: [...response.headers('set-cookie')],
    free: connection.free,
  };
}
