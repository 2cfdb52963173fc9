import type { FailureKind } from '../../../core/load/measure.ts';
import type {
  ConnectionEvents,
  ConnectOptions,
  EncodedRequest,
  LoadConnection,
  WireProtocol,
  WireResponse,
} from '../wire/types.ts';

/** One request of a caller: what the protocol must know of it, and what to make of its response, which is valid only meanwhile. */
export interface Call<Answer> {
  request: EncodedRequest;
  headOnly: boolean;
  onEvent: ((data: string, atMs: number) => boolean) | null;
  read: (response: WireResponse) => Answer;
}

export interface CallFailure {
  kind: FailureKind;
  detail: string;
}

export type CallOutcome<Answer> = { answer: Answer; failure: null } | { answer: null; failure: CallFailure };

/** One request after another to one origin, over one connection that is opened again when it is gone. Not for load. */
export interface Caller {
  /** Never rejects; gives up after `timeoutMs`. */
  call<Answer>(call: Call<Answer>, timeoutMs: number): Promise<CallOutcome<Answer>>;
  close(): void;
}

/** A server may close a connection just when a request is sent on it; a fresh one tells whether that was all. */
const TRIES = 2;

interface Waiting {
  onOpen(): void;
  onResponse(response: WireResponse): void;
  onEnd(end: CallFailure | 'again'): void;
}

export function createCaller(protocol: WireProtocol, options: ConnectOptions): Caller {
  let connection: LoadConnection | null = null;
  let waiting: Waiting | null = null;

  const events: ConnectionEvents = {
    onOpen: () => waiting?.onOpen(),
    onResponse: (_connection, _exchange, response) => waiting?.onResponse(response),
    onFailure: (_connection, _exchange, kind, detail) => waiting?.onEnd({ kind, detail }),
    onRetry: () => waiting?.onEnd('again'),
    onClose(closed, { failure, detail, retry }) {
      if (closed === connection) connection = null;
      if (retry.length > 0) waiting?.onEnd('again');
      else waiting?.onEnd({ kind: failure ?? 'reset', detail });
    },
  };

  function attempt<Answer>(
    { request, headOnly, onEvent, read }: Call<Answer>,
    timeoutMs: number,
  ): Promise<CallOutcome<Answer> | 'again'> {
    return new Promise((resolve) => {
      const exchange = { headOnly, wantsHead: true, wantsBody: true, onEvent };
      const timer = setTimeout(() => {
        settle({ answer: null, failure: { kind: 'timeout', detail: `no answer within ${timeoutMs} ms` } });
        close();
      }, timeoutMs);
      function settle(outcome: CallOutcome<Answer> | 'again'): void {
        clearTimeout(timer);
        waiting = null;
        resolve(outcome);
      }
      function send(): void {
        connection?.send(request, exchange);
        connection?.flush();
      }
      waiting = {
        onOpen: send,
        onResponse: (response) => settle({ answer: read(response), failure: null }),
        onEnd: (end) => settle(end === 'again' ? end : { answer: null, failure: end }),
      };
      if (connection === null) connection = protocol.connect(options, events);
      else send();
    });
  }

  function close(): void {
    const open = connection;
    connection = null;
    open?.destroy();
  }

  return {
    async call(call, timeoutMs) {
      for (let tries = 1; ; tries += 1) {
        const outcome = await attempt(call, timeoutMs);
        if (outcome !== 'again') return outcome;
        if (tries === TRIES) {
          return { answer: null, failure: { kind: 'reset', detail: 'the connection was closed twice' } };
        }
        close();
      }
    },
    close,
  };
}
