import { execFile } from 'node:child_process';

/** Milliseconds by phase, as curl measured one transfer with all its redirects. */
export interface CurlTiming {
  dns: number;
  connect: number;
  tls: number;
  /** From the end of the handshake to the first byte of the answer. */
  answer: number;
  transfer: number;
  total: number;
}

const FORMAT =
  '%{time_namelookup} %{time_connect} %{time_appconnect} %{time_starttransfer} %{time_total} %{http_code}';

/** undefined when curl is not installed. */
export function curlVersion(): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('curl', ['--version'], (error, stdout) => {
      resolve(error === null ? stdout.split(' ', 2).join(' ') : undefined);
    });
  });
}

/**
 * One transfer with a full handshake on every connection. curl's times are points since the start; over redirects each
 * of them is the sum over the hops, so the differences are the phases' sums.
 */
export function timeWithCurl(url: string): Promise<CurlTiming> {
  const options = [
    '-sk',
    '-L',
    '--no-sessionid',
    '--http1.1',
    '--noproxy',
    '*',
    '-o',
    '/dev/null',
    '-w',
    FORMAT,
  ];
  return new Promise((resolve, reject) => {
    execFile('curl', [...options, url], (error, stdout) => {
      const [lookup, connected, secured, firstByte, total, status] = stdout.split(' ').map(Number);
      if (error !== null || status !== 200) {
        return reject(new Error(`curl ${url}: status ${status}`, { cause: error }));
      }
      const points = [0, lookup, connected, secured, firstByte, total].map(
        (seconds) => (seconds ?? 0) * 1_000,
      );
      const [dns = 0, connect = 0, tls = 0, answer = 0, transfer = 0] = points
        .slice(1)
        .map((point, index) => point - (points[index] ?? 0));
      return resolve({ dns, connect, tls, answer, transfer, total: points[5] ?? 0 });
    });
  });
}
