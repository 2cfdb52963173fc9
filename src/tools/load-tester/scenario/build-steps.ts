import type { Extraction, PlannedStep, StepCheck, ThinkTime } from '../../../core/load/plan.ts';
import { parseDuration } from '../../../core/duration.ts';
import { parseSize } from '../../../core/size.ts';
import { redactUrl } from '../../../core/redact.ts';
import { liftedText } from './lift-secrets.ts';
import type { CheckSettings, ExtractSettings, FullStep, StepSettings, ThinkSettings } from './step-schema.ts';

/** Methods that change nothing by definition (RFC 9110, section 9.2.1). */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const DEFAULT_MAX_REDIRECTS = 5;
export interface StepContext {
  /** Of the target: `https://shop.test`, and the path of its base URL. */
  origin: string;
  basePath: string;
  /** Index of an origin, a new one where it is none yet. */
  originIndex(origin: string): number;
  /** Of every request to the target. */
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
  thinkMs: number | undefined;
}

export function isSafe(method: string): boolean {
  return SAFE_METHODS.has(method);
}

/** A step that is only a request, in its full form. */
export function fullStep(step: StepSettings): FullStep {
  return typeof step === 'string' ? { request: step } : step;
}

export function splitRequest(request: string): { method: string; location: string } {
  const space = request.indexOf(' ');
  return { method: request.slice(0, space), location: request.slice(space + 1) };
}

/** `GET /api/products/{id}`: what figures are kept by. A secret in the path is not in it. */
export function stepName(step: StepSettings): string {
  const { name, request } = fullStep(step);
  if (name !== undefined) return name;
  const { method, location } = splitRequest(request);
  const withoutQuery = location.replace(/[?#].*$/, '').replaceAll(/\{\{\s*([^}]*?)\s*\}\}/g, '{$1}');
  return redactUrl(`${method} ${withoutQuery}`);
}

export function buildStep(settings: StepSettings, context: StepContext): PlannedStep {
  const step = fullStep(settings);
  const { method, location } = splitRequest(step.request);
  const { origin, path } = splitLocation(location, context);
  const { body, contentType } = bodyOf(step);
  const think = step.think ?? (context.thinkMs === undefined ? undefined : `${context.thinkMs}ms`);
  return {
    name: stepName(step),
    origin: context.originIndex(origin),
    method,
    path,
    headers: headersOf(step, contentType, origin === context.origin ? context.headers : {}),
    body,
    timeoutMs: step.timeout ?? context.timeoutMs,
    maxRedirects: step.redirects ?? DEFAULT_MAX_REDIRECTS,
    checks: step.check === undefined ? [] : checksOf(step.check),
    extract: Object.entries(step.extract ?? {}).map(([variable, from]) => extractionOf(variable, from)),
    think: think === undefined ? null : thinkTime(think),
    stream: step.sse === undefined ? null : { events: step.sse.events, maxMs: step.sse.max },
  };
}

function splitLocation(location: string, context: StepContext): { origin: string; path: string } {
  const absolute = /^(https?:\/\/[^/?#]+)([^#]*)/.exec(location);
  if (!absolute) return { origin: context.origin, path: context.basePath + location.replace(/#.*$/, '') };
  const path = absolute[2] ?? '';
  return { origin: new URL(absolute[1] ?? '').origin, path: path.startsWith('/') ? path : `/${path}` };
}

function headersOf(
  { headers: own = {} }: FullStep,
  contentType: string | undefined,
  shared: Readonly<Record<string, string>>,
): (readonly [string, string])[] {
  const all = new Map<string, string>([
    ['accept', '*/*'],
    ['user-agent', 'rearguard'],
  ]);
  if (contentType !== undefined) all.set('content-type', contentType);
  for (const [name, value] of [...Object.entries(shared), ...Object.entries(own)]) {
    const lower = name.toLowerCase();
    all.set(lower, liftedText(value));
  }
  return [...all];
}

function bodyOf({ json, form, body }: FullStep): { body: string | null; contentType?: string } {
  if (json !== undefined) {
    // `"{{id | json}}"` stands for the value itself: a number, not a text.
    const text = JSON.stringify(json).replaceAll(/"\{\{\s*([^}|"\\]+?)\s*\|\s*json\s*\}\}"/g, '{{$1|raw}}');
    return { body: text, contentType: 'application/json' };
  }
  if (form !== undefined) {
    const pairs = Object.entries(form).map(([name, value]) => `${formText(name)}=${formText(value)}`);
    return { body: pairs.join('&'), contentType: 'application/x-www-form-urlencoded' };
  }
  return { body: body === undefined ? null : liftedText(body) };
}

/** Form-encoded, except for what is filled in later. */
function formText(text: string): string {
  return text
    .split(/(\{\{[^}]*\}\})/)
    .map((part, index) => (index % 2 === 1 ? part : new URLSearchParams({ a: part }).toString().slice(2)))
    .join('');
}

function list<Value>(values: Value | readonly Value[] | undefined): readonly Value[] {
  if (values === undefined) return [];
  return Array.isArray(values) ? (values as readonly Value[]) : [values as Value];
}

function checksOf(check: CheckSettings): StepCheck[] {
  const checks: StepCheck[] = [];
  const status = list<string | number>(check.status);
  if (status.length > 0) checks.push({ kind: 'status', ranges: status.map(statusRange) });
  for (const text of list(check.contains)) checks.push({ kind: 'body-contains', text });
  for (const pattern of list(check.matches)) checks.push({ kind: 'body-matches', pattern });
  for (const [name, contains] of Object.entries(check.header ?? {})) {
    checks.push({ kind: 'header', name: name.toLowerCase(), contains });
  }
  for (const [path, value] of Object.entries(check.json ?? {})) {
    const isPresence = typeof value === 'object' && value !== null;
    checks.push(isPresence ? { kind: 'json', path } : { kind: 'json', path, equals: value });
  }
  if (check.maxSize !== undefined) checks.push({ kind: 'max-bytes', bytes: parseSize(check.maxSize) ?? 0 });
  return checks;
}

/** `200`, `2xx`, `200-204`; NaN in what is none of them. */
export function statusRange(status: string | number): { from: number; to: number } {
  const text = String(status).trim().toLowerCase();
  const family = /^([1-5])xx$/.exec(text);
  if (family) return { from: Number(family[1]) * 100, to: Number(family[1]) * 100 + 99 };
  const range = /^([1-5]\d\d)(?:\s*-\s*([1-5]\d\d))?$/.exec(text);
  const from = Number(range?.[1] ?? Number.NaN);
  return { from, to: range?.[2] === undefined ? from : Number(range[2]) };
}

function extractionOf(variable: string, from: ExtractSettings): Extraction {
  if (typeof from === 'string') return { variable, from: 'json', path: from, pick: 'first' };
  const base = { variable, ...(from.optional ? { optional: true } : {}) };
  if ('json' in from) return { ...base, from: 'json', path: from.json, pick: from.pick };
  if ('header' in from) return { ...base, from: 'header', name: from.header.toLowerCase() };
  if ('cookie' in from) return { ...base, from: 'cookie', name: from.cookie };
  return { ...base, from: 'regex', pattern: from.regex };
}

/** `2s`, `1s..3s`, `{ mean }`, `{ median, sigma }`; undefined where a text is no duration. */
export function thinkTime(think: ThinkSettings): ThinkTime | null {
  if (typeof think !== 'string') {
    return 'mean' in think
      ? { kind: 'exponential', meanMs: think.mean }
      : { kind: 'lognormal', medianMs: think.median, sigma: think.sigma };
  }
  const [from, to, ...more] = think.split('..').map(parseDuration);
  if (from === undefined || more.length > 0) return null;
  if (!think.includes('..')) return { kind: 'fixed', ms: from };
  return to === undefined || to < from ? null : { kind: 'uniform', fromMs: from, toMs: to };
}
