import { type LogEntry, type NoEntry, requestLine } from './entry.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `10/Oct/2000:13:55:36 -0700`; NaN when it is none. */
export function parseLocalTime(text: string): number {
  const month = MONTHS.indexOf(text.slice(3, 6));
  const zone = /^([+-])(\d\d)(\d\d)$/.exec(text.slice(21, 26));
  if (month < 0 || zone === null) return Number.NaN;
  const number = (from: number, to: number): number => Number(text.slice(from, to));
  const utcMs = Date.UTC(number(7, 11), month, number(0, 2), number(12, 14), number(15, 17), number(18, 20));
  const offsetMs = (Number(zone[2]) * 60 + Number(zone[3])) * 60_000;
  return zone[1] === '-' ? utcMs + offsetMs : utcMs - offsetMs;
}

/** `… 200 87 "referer" "agent" 0.004` or `rt=0.004`: nginx's $request_time, in seconds, where people append it. */
const REQUEST_TIME = /(?:^|[\s=":])(\d{1,5}\.\d{3})"?(?=\s|$)/;

/**
 * The common and combined formats of nginx and Apache, with whatever stands behind them. The time has whole seconds; lines of one
 * second mostly follow each other, so the last one is remembered.
 */
export function combinedParser(): (line: string) => LogEntry | NoEntry {
  let lastText = '';
  let lastMs = Number.NaN;
  return (line) => {
    const open = line.indexOf('[');
    const close = line.indexOf(']', open);
    const requestFrom = line.indexOf('"', close) + 1;
    const requestTo = line.indexOf('"', requestFrom);
    if (open < 0 || close < 0 || requestFrom === 0 || requestTo < 0) return 'unreadable';
    const time = line.slice(open + 1, close);
    if (time !== lastText) {
      lastText = time;
      lastMs = parseLocalTime(time);
    }
    if (Number.isNaN(lastMs)) return 'unreadable';
    const request = requestLine(line.slice(requestFrom, requestTo));
    if (request === null) return 'unreadable';
    const rest = line.slice(requestTo + 1);
    const status = /^\s*(\d{3})\b/.exec(rest);
    const quoted = /"([^"]*)"\s+"([^"]*)"(.*)$/.exec(rest);
    const seconds = REQUEST_TIME.exec(quoted?.[3] ?? '')?.[1];
    const durationMs = seconds === undefined ? null : Number(seconds) * 1_000;
    return {
      startMs: lastMs - (durationMs ?? 0),
      durationMs,
      client: `${line.slice(0, line.indexOf(' '))}\n${quoted?.[2] ?? ''}`,
      method: request.method,
      path: request.path,
      status: status === null ? null : Number(status[1]),
    };
  };
}
