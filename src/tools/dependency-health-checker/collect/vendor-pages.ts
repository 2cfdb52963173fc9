import type { Dependency } from '../../../config/dependencies.ts';
import { RearguardError } from '../../../core/errors.ts';
import { formatDuration } from '../../../core/duration.ts';
import { redactUrl } from '../../../core/redact.ts';
import type { HttpAnswer } from '../../../platform/http-client.ts';
import type { CommandContext } from '../../context.ts';
import { type StatementReader, unknownStatement, type VendorStatement } from './vendor/document.ts';
import { readFeed } from './vendor/feed.ts';
import { readInstatus, readInstatusComponents } from './vendor/instatus.ts';
import { retryAfterMs } from './vendor/retry-after.ts';
import { readStatuspage } from './vendor/statuspage.ts';

/** What a vendor says of one dependency: lagging evidence, beside our own measurement and never instead of it. */
export interface VendorReading extends VendorStatement {
  dependency: string;
  /** Address of the page, without secrets. */
  page: string;
  /** Not to be asked again before. */
  nextReadAtMs: number;
}

type Context = Pick<CommandContext, 'clock' | 'http' | 'signal'>;

/** Pages cost their owners something, and change slowly. */
const LEAST_INTERVAL_MS = 5 * 60_000;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 2_000_000;
const MAX_REDIRECTS = 3;
const MAX_PAGES_AT_ONCE = 4;

/**
 * Reads the status pages of the dependencies that have one, each document once. A reading that is not due is returned as
 * it is; one that fails is `unknown` with its reason, and never an error.
 */
export async function collectVendorPages(
  ctx: Context,
  dependencies: readonly Dependency[],
  previous: readonly VendorReading[] = [],
): Promise<VendorReading[]> {
  const documents = new Map<string, Promise<HttpAnswer>>();
  const waiting = dependencies.filter(({ statusPage }) => statusPage !== undefined);
  const readings = new Map<string, VendorReading>();
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      readings.set(next.name, await readingOf(ctx, next, previous, documents));
    }
  };
  await Promise.all(Array.from({ length: MAX_PAGES_AT_ONCE }, work));
  return dependencies.flatMap(({ name }) => readings.get(name) ?? []);
}

async function readingOf(
  ctx: Context,
  dependency: Dependency,
  previous: readonly VendorReading[],
  documents: Map<string, Promise<HttpAnswer>>,
): Promise<VendorReading> {
  const { name, statusPage = '', component } = dependency;
  const page = redactUrl(statusPage);
  const nowMs = ctx.clock.wallMs();
  const last = previous.find((reading) => reading.dependency === name && reading.page === page);
  if (last !== undefined && last.nextReadAtMs > nowMs) return last;
  const fetch = (url: string): Promise<HttpAnswer> => {
    const known = documents.get(url) ?? fetchDocument(ctx, url);
    documents.set(url, known);
    return known;
  };
  const { waitMs, ...said } = await readPage(fetch, statusPage, { component, nowMs });
  return { dependency: name, page, ...said, nextReadAtMs: nowMs + Math.max(LEAST_INTERVAL_MS, waitMs) };
}

type PageStatement = VendorStatement & { waitMs: number };

/** Asks for one document after the other until one is in a known form; a page that asks for patience is left alone. */
async function readPage(
  fetch: (url: string) => Promise<HttpAnswer>,
  page: string,
  options: { component: string | undefined; nowMs: number },
): Promise<PageStatement> {
  let reason = 'it is in no form that is known (Statuspage, Instatus, RSS, Atom)';
  for (const { url, readers } of candidates(page, options.component)) {
    try {
      const { status, headers, text } = await fetch(url);
      const waitMs = retryAfterMs(headers['retry-after'], options.nowMs);
      if (status === 429 || (status === 503 && waitMs !== null)) {
        const patience = waitMs === null ? '' : ` for ${formatDuration(waitMs)}`;
        return {
          ...unknownStatement(`the page asks to be left alone${patience} (${status})`),
          waitMs: waitMs ?? 0,
        };
      }
      if (status >= 500) reason = `it answered ${status}`;
      if (status < 200 || status >= 300) continue;
      for (const read of readers) {
        const said = read(text, options);
        if (said !== undefined) return { ...said, waitMs: 0 };
      }
    } catch (thrown) {
      if (!(thrown instanceof RearguardError)) throw thrown;
      reason = thrown.message;
      // Who does not answer one question does not answer five; a redirect elsewhere may be of this document only.
      if (thrown.code !== 'E_TARGET_REFUSED') break;
    }
  }
  return { ...unknownStatement(reason), waitMs: 0 };
}

function candidates(
  page: string,
  component: string | undefined,
): { url: string; readers: readonly StatementReader[] }[] {
  const json = [readStatuspage, component === undefined ? readInstatus : readInstatusComponents];
  if (/[./](?:rss|atom|xml)$/i.test(new URL(page).pathname)) return [{ url: page, readers: [readFeed] }];
  if (/\.json$/i.test(new URL(page).pathname)) return [{ url: page, readers: json }];
  const below = (path: string): string => {
    const url = new URL(page);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
    url.hash = '';
    return url.href;
  };
  return [
    { url: below('/api/v2/summary.json'), readers: [readStatuspage] },
    component === undefined
      ? { url: below('/summary.json'), readers: json }
      : { url: below('/v2/components.json'), readers: json },
    { url: below('/history.rss'), readers: [readFeed] },
    { url: below('/feed'), readers: [readFeed] },
    { url: page, readers: [readFeed] },
  ];
}

async function fetchDocument({ http, signal }: Context, url: string): Promise<HttpAnswer> {
  const accept =
    'application/json, application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5';
  let location = url;
  for (let hop = 0; ; hop += 1) {
    const answer = await http.request(location, {
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      headers: { accept },
      signal,
    });
    const target = answer.status >= 300 && answer.status < 400 ? answer.headers['location'] : undefined;
    if (target === undefined || hop === MAX_REDIRECTS) return answer;
    if (!URL.canParse(target, location)) return answer;
    const next = new URL(target, location);
    if (!/^https?:$/.test(next.protocol)) return answer;
    location = next.href;
  }
}
