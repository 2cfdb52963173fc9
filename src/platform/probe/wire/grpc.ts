import {
  type ClientHttp2Session,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { keepBody } from '../body.ts';
import { DeadlineExceeded } from '../deadline.ts';
import { ProbeFailure } from '../failure.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeCause, ProbeFacts } from '../types.ts';
import type { Conversation } from './conversation.ts';
import { streamOf } from './conversation-stream.ts';
import { healthCheckRequest, servingStatus } from './grpc-messages.ts';

const METHOD_PATH = '/grpc.health.v1.Health/Check';
/** An answer has some ten bytes. */
const MAX_ANSWER_BYTES = 4_096;

/** Fields that belong to HTTP/2 itself, or to this call. */
const OWN_FIELDS = new Set(['connection', 'host', 'transfer-encoding', 'upgrade', 'te', 'content-type']);

/** The gRPC Health Checking Protocol, over HTTP/2; a server without that service has shown that it speaks gRPC. */
export async function grpc(wire: Conversation, plan: WirePlan): Promise<ProbeFacts> {
  const answer = await call(wire, plan, healthCheckRequest(plan.path ?? ''));
  requireHttpSuccess(answer);
  const code = answer.fields['grpc-status'];
  if (code === UNIMPLEMENTED) return { health: 'not implemented' };
  if (code !== OK) throw refusal(code, answer.fields['grpc-message'], plan.path ?? '');
  const health = servingStatus(answer.body);
  if (health === 'SERVING') return { health };
  throw new ProbeFailure('not-ready', `the server says that ${serviceName(plan.path ?? '')} is ${health}`);
}

interface CallAnswer {
  /** Headers, then trailers over them. */
  fields: Readonly<Record<string, string>>;
  body: Buffer;
}

async function call(wire: Conversation, plan: WirePlan, body: Buffer): Promise<CallAnswer> {
  const { stream, ending } = streamOf(wire);
  const session = connect(`http://${authorityOf(plan)}`, { createConnection: () => stream });
  try {
    return await exchange(session, requestHeaders(plan), body);
  } catch (error) {
    throw explain(error, ending());
  } finally {
    session.destroy();
    stream.destroy();
  }
}

function requestHeaders(plan: WirePlan): OutgoingHttpHeaders {
  const extra = Object.entries(plan.headers ?? {})
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !OWN_FIELDS.has(name) && !name.startsWith(':'));
  return {
    'user-agent': 'rearguard',
    ...Object.fromEntries(extra),
    ':method': 'POST',
    ':path': METHOD_PATH,
    ':scheme': plan.encryption === 'none' ? 'http' : 'https',
    ':authority': authorityOf(plan),
    'content-type': 'application/grpc',
    te: 'trailers',
  };
}

function authorityOf({ host, port }: WirePlan): string {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare.includes(':') ? `[${bare}]:${port}` : `${bare}:${port}`;
}

function exchange(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body: Buffer,
): Promise<CallAnswer> {
  return new Promise((resolve, reject) => {
    const fields: Record<string, string> = {};
    let goawayCode: number | undefined;
    // A server that says good-bye in peace still answers what it took on.
    session.once('goaway', (code: number) => {
      goawayCode = code;
    });
    session.once('error', reject);
    session.once('close', () => reject(unanswered(goawayCode)));
    const stream = session.request(headers);
    const keep = (received: IncomingHttpHeaders): void => {
      for (const [name, value] of Object.entries(received)) fields[name] = String(value);
    };
    const keeper = keepBody(MAX_ANSWER_BYTES);
    stream.once('response', keep);
    stream.once('trailers', keep);
    stream.on('data', (chunk: Buffer) => {
      keeper.add(chunk);
      if (keeper.truncated)
        reject(new ProbeFailure('protocol-error', 'the answer is larger than any health has'));
    });
    let streamError: Error | undefined;
    stream.once('error', (error) => {
      streamError = error;
    });
    stream.once('close', () => {
      if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM) reject(unanswered(stream.rstCode));
      else if (streamError !== undefined) reject(streamError);
      else if (fields[':status'] === undefined) reject(unanswered(goawayCode));
      else resolve({ fields, body: keeper.kept() });
    });
    stream.end(body);
  });
}

/** With a code the server said that it takes no more calls (RFC 9113, sections 6.8 and 8.7). */
function unanswered(code: number | undefined): ProbeFailure {
  return code === undefined
    ? new ProbeFailure('reset', 'the server closed the stream without an answer')
    : new ProbeFailure('not-ready', `the server takes no more calls (HTTP/2 code ${code})`);
}

/** What the wire did says more than what HTTP/2 made of it; without either, the frames were none. */
function explain(error: unknown, ending: unknown): unknown {
  if (ending instanceof DeadlineExceeded) {
    return new ProbeFailure('no-response', 'the health check was not answered in time');
  }
  if (error instanceof ProbeFailure && error.probeCause !== 'reset') return error;
  if (ending !== undefined) return ending;
  if (error instanceof ProbeFailure) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new ProbeFailure('protocol-error', `the answer is not HTTP/2 as gRPC speaks it: ${reason}`);
}

/** gRPC answers 200 whatever comes of the call; anything else was said by something before it. */
function requireHttpSuccess({ fields }: CallAnswer): void {
  const status = Number(fields[':status']);
  if (status === 200 && fields['content-type']?.startsWith('application/grpc') === true) return;
  throw new ProbeFailure(
    httpCause(status),
    `the answer is not gRPC: HTTP ${status}, ${fields['content-type'] ?? 'without a content type'}`,
  );
}

function httpCause(status: number): ProbeCause {
  if (status === 401 || status === 403) return 'auth-failed';
  if (status === 429 || (status >= 502 && status <= 504)) return 'not-ready';
  if (status >= 500) return 'status-5xx';
  return status >= 400 ? 'status-4xx' : 'protocol-error';
}

const OK = '0';
const UNIMPLEMENTED = '12';
const NOT_FOUND = '5';
/** grpc-status: permission denied, resource exhausted, unavailable, unauthenticated. */
const CAUSES: Readonly<Record<string, ProbeCause>> = {
  7: 'auth-failed',
  8: 'not-ready',
  14: 'not-ready',
  16: 'auth-failed',
};

function refusal(code: string | undefined, message: string | undefined, service: string): ProbeFailure {
  if (code === undefined) return new ProbeFailure('protocol-error', 'the answer has no grpc-status');
  if (code === NOT_FOUND) {
    return new ProbeFailure(
      'protocol-error',
      `unknown service: the server has no health of ${serviceName(service)}`,
    );
  }
  const words = message === undefined ? '' : `: ${percentDecoded(message)}`;
  return new ProbeFailure(
    CAUSES[code] ?? 'protocol-error',
    `the health check ended with status ${code}${words}`,
  );
}

function serviceName(service: string): string {
  return service === '' ? 'the server' : service;
}

/** grpc-message is percent-encoded; a broken one is shown as it came. */
function percentDecoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
