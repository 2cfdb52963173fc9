import { basename } from 'node:path';
import { z } from 'zod';
import type { Coverage } from '../../../core/coverage.ts';
import { RearguardError } from '../../../core/errors.ts';
import { isSecretName } from '../../../core/redact.ts';
import type { HttpTarget } from '../../../config/targets.ts';
import type { Imported } from './imported.ts';
import type { RecordedExchange } from './recorded/exchange.ts';
import { recordedScenario } from './recorded/to-scenario.ts';

const pairSchema = z.object({ name: z.string(), value: z.string() });

const entrySchema = z.object({
  startedDateTime: z.string(),
  /** Milliseconds over everything. */
  time: z.number().catch(0),
  _resourceType: z.string().optional().catch(undefined),
  request: z.object({
    method: z.string(),
    url: z.string(),
    headers: z.array(pairSchema).catch([]),
    postData: z
      .object({
        text: z.string().optional(),
        params: z.array(z.object({ name: z.string(), value: z.string().optional() })).optional(),
      })
      .optional()
      .catch(undefined),
  }),
  response: z.object({
    status: z.number(),
    headers: z.array(pairSchema).catch([]),
    content: z
      .object({
        text: z.string().optional(),
        encoding: z.string().optional(),
        mimeType: z.string().optional(),
      })
      .catch({}),
  }),
});
type HarEntry = z.infer<typeof entrySchema>;

/** The parts of HAR 1.2 that make a load. */
const harSchema = z.object({ log: z.object({ entries: z.array(entrySchema) }) });

const STATIC_TYPES: ReadonlySet<string> = new Set([
  'image',
  'font',
  'stylesheet',
  'script',
  'media',
  'manifest',
  'ping',
]);
const STATIC_FILE =
  /\.(?:css|m?js|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|otf|mp[34]|webm)(?:[?#]|$)/i;

export function isHar(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Array.isArray((value as { log?: { entries?: unknown } }).log?.entries)
  );
}

/**
 * One session of the requests that a browser made, with its pauses, and with the values that later requests took from earlier answers.
 * Files of the page are left out unless `assets` is given; other origins always are. Throws E_IMPORT.
 */
export function importHar(
  path: string,
  value: unknown,
  { target, assets }: { target: HttpTarget; assets: boolean },
): Imported {
  const parsed = harSchema.safeParse(value);
  if (!parsed.success) throw nothing(path, 'it is no HAR file');
  const entries = parsed.data.log.entries.filter(({ request }) => URL.canParse(request.url));
  const origin = originOf(entries, target);
  const foreign = entries.filter(({ request }) => new URL(request.url).origin !== origin);
  const own = entries.filter(({ request }) => new URL(request.url).origin === origin);
  const failed = own.filter(({ response }) => response.status < 200 || response.status >= 400);
  const files = assets ? [] : own.filter(isStatic);
  const left = new Set([...failed, ...files]);
  const kept = own.filter((entry) => !left.has(entry));
  if (kept.length === 0) throw nothing(path, 'no request in it is one to the target that was answered');
  // Steps are relative to the base URL.
  const basePath = new URL(target.baseUrl).pathname.replace(/\/+$/, '');
  const { document, references } = recordedScenario(
    basename(path),
    kept.map((entry) => toExchange(entry, basePath)),
  );
  const count = (list: readonly unknown[], reason: string): Coverage['notChecked'] =>
    list.length === 0
      ? []
      : [{ subject: { kind: 'target', name: target.name }, rules: [], reason: `${list.length} ${reason}` }];
  return {
    document,
    source: `${basename(path)}: ${kept.length} requests`,
    notes: [
      ...count(foreign, 'requests of the HAR file go to other origins'),
      ...count(files, 'requests of the HAR file are for files of its pages'),
      ...count(failed, 'requests of the HAR file were not answered, or with an error'),
      ...secretNotes(target.name, references, kept),
    ],
    tables: new Map(),
  };
}

function secretNotes(
  target: string,
  references: readonly string[],
  entries: readonly HarEntry[],
): Coverage['notChecked'] {
  const dropped = entries.some(({ request }) =>
    request.headers.some(({ name }) => name.toLowerCase() === 'cookie' || isSecretName(name)),
  );
  if (!dropped && references.length === 0) return [];
  return [
    {
      subject: { kind: 'target', name: target },
      rules: [],
      reason: 'cookies and credentials of the HAR file are not used',
      hint:
        references.length === 0
          ? "Sessions keep their own cookies; the target's auth applies."
          : `Set ${references.join(', ')}.`,
    },
  ];
}

/** The target's own, else that of the first request. */
function originOf(entries: readonly HarEntry[], target: HttpTarget): string {
  const origins = entries.map(({ request }) => new URL(request.url).origin);
  const own = new URL(target.baseUrl).origin;
  return origins.includes(own) ? own : (origins[0] ?? own);
}

function isStatic({ _resourceType: type, request }: HarEntry): boolean {
  return type === undefined ? STATIC_FILE.test(request.url) : STATIC_TYPES.has(type);
}

function toExchange(
  { startedDateTime, time, request, response }: HarEntry,
  basePath: string,
): RecordedExchange {
  const url = new URL(request.url);
  const startMs = Date.parse(startedDateTime);
  const { text, encoding, mimeType } = response.content;
  const answerHeaders = lowerCased(response.headers);
  if (mimeType !== undefined && !answerHeaders.some(([name]) => name === 'content-type')) {
    answerHeaders.push(['content-type', mimeType]);
  }
  return {
    client: 'har',
    startMs,
    endMs: startMs + Math.max(0, time),
    method: request.method.toUpperCase(),
    path:
      (url.pathname.startsWith(`${basePath}/`) ? url.pathname.slice(basePath.length) : url.pathname) +
      url.search,
    headers: lowerCased(request.headers),
    body: postText(request.postData),
    status: response.status,
    answerHeaders,
    answerBody:
      text === undefined ? null : encoding === 'base64' ? Buffer.from(text, 'base64').toString() : text,
  };
}

function postText(data: HarEntry['request']['postData']): string | null {
  if (data === undefined) return null;
  if (data.text !== undefined) return data.text;
  const pairs = (data.params ?? []).map(({ name, value = '' }): [string, string] => [name, value]);
  return pairs.length === 0 ? null : new URLSearchParams(pairs).toString();
}

function lowerCased(headers: readonly { name: string; value: string }[]): [string, string][] {
  return headers.map(({ name, value }) => [name.toLowerCase(), value]);
}

function nothing(path: string, reason: string): RearguardError {
  return new RearguardError('E_IMPORT', {
    path,
    reason,
    hint: 'Save it again from the network panel of a browser, with content.',
  });
}
