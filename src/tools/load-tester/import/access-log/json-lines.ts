import { parseLocalTime } from './combined.ts';
import { checkedRequest, type LogEntry, type NoEntry, requestLine } from './entry.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Names under which servers and loggers write the same thing; the first that is there counts. */
const TIME = [
  'msec',
  'time_iso8601',
  '@timestamp',
  'timestamp',
  'time',
  'ts',
  'time_local',
  'date',
  'datetime',
];
const METHOD = ['request_method', 'method', 'req.method', 'http.request.method', 'verb'];
const PATH = ['request_uri', 'req.url', 'url', 'uri', 'path', 'http.request.path', 'url.original'];
const STATUS = [
  'status',
  'res.statusCode',
  'statusCode',
  'status_code',
  'response',
  'http.response.status_code',
];
const ADDRESS = [
  'remote_addr',
  'req.headers.x-forwarded-for',
  'req.remoteAddress',
  'remoteAddress',
  'client_ip',
  'clientip',
  'client',
  'ip',
  'http_x_forwarded_for',
  'remote_ip',
];
const AGENT = ['http_user_agent', 'user_agent', 'userAgent', 'agent', 'req.headers.user-agent'];
/** In seconds, and in milliseconds. */
const SECONDS = ['request_time'];
const MILLISECONDS = [
  'responseTime',
  'duration_ms',
  'durationMs',
  'elapsed_ms',
  'latency_ms',
  'response_time_ms',
];

/** One JSON object a line: nginx's `escape=json` formats, pino (also Fastify's), and what resembles them. */
export function parseJsonLine(line: string): LogEntry | NoEntry {
  let fields: Fields;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return 'unreadable';
    fields = value as Fields;
  } catch {
    return 'unreadable';
  }
  const request = requestOf(fields);
  // Loggers write other things between requests; Fastify's "request completed" names no request.
  if (request === null) return 'no-request';
  const loggedMs = timeOf(pick(fields, TIME));
  if (Number.isNaN(loggedMs)) return 'unreadable';
  const durationMs = durationOf(fields);
  return {
    startMs: loggedMs - (durationMs ?? 0),
    durationMs,
    client: `${text(pick(fields, ADDRESS))}\n${text(pick(fields, AGENT))}`,
    ...request,
    status: statusOf(pick(fields, STATUS)),
  };
}

function requestOf(fields: Fields): { method: string; path: string } | null {
  const line = fields['request'];
  if (typeof line === 'string' && line.includes(' ')) return requestLine(line);
  const method = pick(fields, METHOD);
  const path = pick(fields, PATH);
  if (typeof method !== 'string' || typeof path !== 'string') return null;
  return checkedRequest(method.toUpperCase(), path.replace(/^https?:\/\/[^/]+/, ''));
}

/** Fields by a name with dots, or nested as the dots say. */
function pick(fields: Fields, names: readonly string[]): unknown {
  for (const name of names) {
    const own = fields[name];
    if (own !== undefined && own !== null && own !== '') return own;
    if (!name.includes('.')) continue;
    const nested = name
      .split('.')
      .reduce<unknown>((value, key) => (value as Fields | null | undefined)?.[key], fields);
    if (nested !== undefined && nested !== null && nested !== '') return nested;
  }
  return undefined;
}

/** Epoch seconds, milliseconds, microseconds or nanoseconds by their size; ISO 8601; nginx's $time_local. */
function timeOf(value: unknown): number {
  const number = typeof value === 'number' ? value : Number(typeof value === 'string' ? value : Number.NaN);
  if (Number.isFinite(number) && number > 0) {
    if (number < 1e11) return number * 1_000;
    if (number < 1e14) return number;
    return number < 1e17 ? number / 1e3 : number / 1e6;
  }
  if (typeof value !== 'string') return Number.NaN;
  const local = parseLocalTime(value);
  return Number.isNaN(local) ? Date.parse(value) : local;
}

function durationOf(fields: Fields): number | null {
  const seconds = Number(pick(fields, SECONDS) ?? Number.NaN);
  const milliseconds = Number(pick(fields, MILLISECONDS) ?? Number.NaN);
  const ms = Number.isFinite(milliseconds) ? milliseconds : seconds * 1_000;
  return Number.isFinite(ms) && ms >= 0 ? ms : null;
}

function statusOf(value: unknown): number | null {
  const status = Number(value ?? Number.NaN);
  return Number.isInteger(status) && status >= 100 && status <= 599 ? status : null;
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
