/** One request of a log. Everything in it came from clients and is untrusted. */
export interface LogEntry {
  /** When it began as far as the log can tell, epoch milliseconds. */
  startMs: number;
  /** How long it took; null where the log does not say. */
  durationMs: number | null;
  /** Address and user agent, as one key. */
  client: string;
  method: string;
  /** With its query. */
  path: string;
  /** null where the log does not say. */
  status: number | null;
}

/** What a line may be instead. */
export type NoEntry = 'unreadable' | 'no-request';

export type LineParser = (line: string) => LogEntry | NoEntry;

/** An origin-form target (RFC 9112, section 3.2.1) of visible ASCII; what a server had to escape in its log is none any more. */
const PATH = /^\/[\x21-\x5b\x5d-\x7e]*$/;
const METHOD = /^[A-Z]{3,20}$/;

/** `GET /path HTTP/1.1` in parts, or null. */
export function requestLine(line: string): { method: string; path: string } | null {
  const first = line.indexOf(' ');
  if (first < 0) return null;
  const second = line.indexOf(' ', first + 1);
  return checkedRequest(line.slice(0, first), line.slice(first + 1, second < 0 ? undefined : second));
}

export function checkedRequest(method: string, path: string): { method: string; path: string } | null {
  // `{{` would be read as a variable.
  return METHOD.test(method) && PATH.test(path) && !path.includes('{{') ? { method, path } : null;
}
