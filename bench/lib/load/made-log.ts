import { draw } from '../../../src/core/load/draw.ts';

/** Sessions of a shop, as a log has them: known mix, known rates. */
export interface MadeLog {
  lines: string[];
  /** Requests of each endpoint. */
  mix: Map<string, number>;
  /** Epoch milliseconds, ascending. */
  timesMs: number[];
}

export interface LogSettings {
  seed: number;
  sessions: number;
  /** A second. */
  rate: number;
  format: 'combined' | 'nginx-json' | 'pino';
  startMs: number;
  /** Median of the pauses. */
  pauseMs: number;
}

interface MadeRequest {
  atMs: number;
  client: string;
  path: string;
}

/** Each kind of session: its share, and what it asks for. */
const KINDS: readonly { share: number; paths: readonly string[] }[] = [
  { share: 0.5, paths: ['/api/products?page=P', '/api/products/N', '/api/products/N'] },
  { share: 0.3, paths: ['/api/search?q=W', '/api/products/N'] },
  { share: 0.15, paths: ['/', '/api/products?page=P'] },
  { share: 0.05, paths: ['/api/users/U/orders', '/api/users/U'] },
];

export function makeLog(settings: LogSettings): MadeLog {
  let drawn = 0;
  const random = (): number => draw(settings.seed, (drawn += 1), 7);
  const requests: MadeRequest[] = [];
  let atMs = settings.startMs;
  for (let session = 0; session < settings.sessions; session += 1) {
    atMs += (-Math.log(1 - random()) / settings.rate) * 1_000;
    requests.push(...oneSession(session, atMs, random, settings.pauseMs));
  }
  requests.sort((a, b) => a.atMs - b.atMs);
  const mix = new Map<string, number>();
  for (const { path } of requests) {
    const name = endpointOf(path);
    mix.set(name, (mix.get(name) ?? 0) + 1);
  }
  return {
    lines: requests.map((request) => line(request, settings.format)),
    mix,
    timesMs: requests.map((request) => request.atMs),
  };
}

function oneSession(session: number, startMs: number, random: () => number, pauseMs: number): MadeRequest[] {
  let pick = random();
  const kind = KINDS.find(({ share }) => (pick -= share) < 0) ?? KINDS[0]!;
  let atMs = startMs;
  return kind.paths.map((path) => {
    const request = {
      atMs,
      client: `10.${(session >> 16) & 255}.${(session >> 8) & 255}.${session & 255}`,
      path: path
        .replace('N', String(1 + Math.floor(random() * 400)))
        .replace('P', String(1 + Math.floor(random() * 9)))
        .replace('W', `word-${Math.floor(random() * 30)}`)
        .replace('U', '0a1b2c3d-0000-4000-8000-00000000000a'),
    };
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    atMs += pauseMs * Math.exp(0.5 * normal);
    return request;
  });
}

/** Which endpoint a path of such a log belongs to. */
export function endpointOf(path: string): string {
  const bare = path.replace(/\?.*$/, '');
  return `GET ${bare.replace(/\/(?:\d+|[0-9a-f]{8}-[0-9a-f-]{27})(?=\/|$)/g, '/{id}')}`;
}

function line({ atMs, client, path }: MadeRequest, format: LogSettings['format']): string {
  if (format === 'nginx-json') {
    return JSON.stringify({
      msec: (atMs / 1_000).toFixed(3),
      remote_addr: client,
      request_method: 'GET',
      request_uri: path,
      status: '200',
      http_user_agent: 'Mozilla/5.0',
    });
  }
  if (format === 'pino') {
    const req = { method: 'GET', url: path, remoteAddress: client, headers: { 'user-agent': 'Mozilla/5.0' } };
    return JSON.stringify({
      level: 30,
      time: Math.round(atMs) + 5,
      req,
      res: { statusCode: 200 },
      responseTime: 5,
      msg: 'request completed',
    });
  }
  const [, day = '', month = '', year = '', time = ''] = new Date(atMs).toUTCString().split(' ');
  return `${client} - - [${day}/${month}/${year}:${time} +0000] "GET ${path} HTTP/1.1" 200 512 "-" "Mozilla/5.0"`;
}
