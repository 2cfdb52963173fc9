import { isSecretName } from '../../../../core/redact.ts';
import type { SecretReference } from '../../../../config/types.ts';
import { isId } from '../access-log/templates.ts';
import { freeName } from '../imported.ts';
import type { ScenarioInput } from '../../scenario/schema.ts';
import { type AnswerValue, type Extract, valuesOf } from './answer-values.ts';
import { contentTypeOf, isJson, parsedJson, type RecordedExchange } from './exchange.ts';

type AnyStep = NonNullable<ScenarioInput['steps']>[number];
export type RecordedStep = Exclude<AnyStep, string> & { name: string };

/** What steps of all sessions share. */
export interface RecordedSecrets {
  /** Variables by reference, for secrets that no answer gave. */
  variables: Map<string, SecretReference>;
  /** Variable of each secret value. */
  byValue: Map<string, string>;
}

/** Headers that change nothing for the server, or that belong to the connection or to the place a page was on. */
const DROPPED_HEADERS =
  /^(?:host|connection|content-length|transfer-encoding|keep-alive|te|upgrade|upgrade-insecure-requests|expect|cookie|origin|referer|priority|pragma|cache-control|dnt|if-none-match|if-modified-since|proxy-.*|sec-.*|x-forwarded-.*|forwarded|via|traceparent|tracestate|:.*)$/;
/** Too short a value meets others by chance. */
const LEAST_LENGTH = 6;

export function newSecrets(): RecordedSecrets {
  return { variables: new Map(), byValue: new Map() };
}

/**
 * The steps of one session. What an answer gave and a later request needed is extracted there and named here; secrets that came
 * from elsewhere become variables by reference.
 */
export function sessionSteps(
  exchanges: readonly RecordedExchange[],
  secrets: RecordedSecrets,
): RecordedStep[] {
  const known = new Map<string, { value: AnswerValue; from: number }>();
  const extracts: Map<string, Extract>[] = exchanges.map(() => new Map());
  const variableOf = new Map<string, string>();
  const names = new Set<string>();

  /** The variable of a text that an earlier answer held. */
  function correlated(text: string, isIdPlace: boolean): string | undefined {
    const found = known.get(text);
    if (found === undefined) return undefined;
    const { value, from } = found;
    if (text.length < LEAST_LENGTH && !(value.isId && isIdPlace)) return undefined;
    const key = `${from} ${text}`;
    let name = variableOf.get(key);
    if (name === undefined) {
      name = freeName(value.name.replaceAll(/\W+/g, '_').replace(/^\d/, '_$&'), names).replaceAll(
        /[.-]/g,
        '_',
      );
      names.add(name);
      variableOf.set(key, name);
      extracts[from]!.set(name, value.extract);
    }
    return name;
  }

  const steps = exchanges.map((exchange, index) => {
    const fill = (text: string, place: string): string | undefined => {
      const variable = correlated(text, /(?:^|_|[a-z])(?:id|uuid|path)$/i.test(place));
      if (variable !== undefined) return variable;
      return isSecretName(place) && text !== '' ? secretVariable(secrets, place, text) : undefined;
    };
    const step: RecordedStep = {
      name: nameOf(exchange),
      request: `${exchange.method} ${pathWith(exchange.path, fill)}`,
      redirects: 0,
      ...headersWith(exchange, fill),
      ...bodyWith(exchange, fill),
    };
    for (const value of valuesOf(exchange)) {
      // The newest answer with a value is the one a client took it from.
      if (value.value !== '') known.set(value.value, { value, from: index });
    }
    return step;
  });
  return steps.map((step, index) => {
    const extract = extracts[index]!;
    return extract.size === 0 ? step : { ...step, extract: Object.fromEntries(extract) };
  });
}

/** `GET /api/products/{id}` */
export function nameOf({ method, path }: Pick<RecordedExchange, 'method' | 'path'>): string {
  let values = 0;
  const segments = path
    .replace(/[?#].*$/, '')
    .split('/')
    .map((segment) => {
      if (!isId(segment)) return segment;
      values += 1;
      return values === 1 ? '{id}' : `{id${values}}`;
    });
  return `${method} ${segments.join('/')}`;
}

type Fill = (text: string, place: string) => string | undefined;

function secretVariable({ variables, byValue }: RecordedSecrets, place: string, value: string): string {
  const known = byValue.get(value);
  if (known !== undefined) return known;
  const name = freeName(place.replaceAll(/\W+/g, '_'), variables).replaceAll(/[.-]/g, '_');
  byValue.set(value, name);
  variables.set(name, { $env: `LOAD_${name.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()}` });
  return name;
}

function pathWith(path: string, fill: Fill): string {
  const whole = fill(path, 'location');
  if (whole !== undefined) return `{{${whole}|raw}}`;
  const query = path.indexOf('?');
  const bare = query < 0 ? path : path.slice(0, query);
  const segments = bare.split('/').map((segment) => {
    const variable = fill(decoded(segment), 'path');
    return variable === undefined ? segment : `{{${variable}}}`;
  });
  if (query < 0) return segments.join('/');
  const pairs = path
    .slice(query + 1)
    .split('&')
    .map((pair) => pairWith(pair, fill));
  return `${segments.join('/')}?${pairs.join('&')}`;
}

function pairWith(pair: string, fill: Fill): string {
  const equals = pair.indexOf('=');
  if (equals < 0) return pair;
  const name = pair.slice(0, equals);
  const variable = fill(decoded(pair.slice(equals + 1).replaceAll('+', ' ')), decoded(name));
  return variable === undefined ? pair : `${name}={{${variable}}}`;
}

function headersWith(exchange: RecordedExchange, fill: Fill): { headers?: Record<string, string> } {
  const headers: Record<string, string> = {};
  for (const [name, value] of exchange.headers) {
    if (DROPPED_HEADERS.test(name) || name === 'user-agent') continue;
    // The framing of the body says its type already.
    if (name === 'content-type' && isJson(contentTypeOf(exchange.headers))) continue;
    if (name === 'accept-encoding') {
      const decodable = value.split(',').filter((coding) => /^\s*(?:gzip|br|deflate)\b/.test(coding));
      if (decodable.length > 0) headers[name] = decodable.map((coding) => coding.trim()).join(', ');
      continue;
    }
    const scheme = /^(Bearer|Basic|Token) (.+)$/i.exec(value);
    const variable = fill(scheme?.[2] ?? value, name);
    headers[name] = variable === undefined ? value : `${scheme ? `${scheme[1]} ` : ''}{{${variable}}}`;
  }
  return Object.keys(headers).length === 0 ? {} : { headers };
}

function bodyWith(exchange: RecordedExchange, fill: Fill): Pick<RecordedStep, 'json' | 'form' | 'body'> {
  const { body } = exchange;
  if (body === null || body === '') return {};
  const type = contentTypeOf(exchange.headers);
  const json = isJson(type) ? parsedJson(body) : undefined;
  if (json !== undefined) return { json: jsonWith(json, 'value', fill) };
  if (type === 'application/x-www-form-urlencoded') {
    const pairs = [...new URLSearchParams(body)];
    if (new Set(pairs.map(([name]) => name)).size === pairs.length) {
      return { form: Object.fromEntries(pairs.map(([name, value]) => [name, formWith(name, value, fill)])) };
    }
  }
  return { body: escaped(body) };
}

function formWith(name: string, value: string, fill: Fill): string {
  const variable = fill(value, name);
  return variable === undefined ? escaped(value) : `{{${variable}}}`;
}

function jsonWith(node: unknown, place: string, fill: Fill): unknown {
  if (Array.isArray(node)) return node.map((item) => jsonWith(item, place, fill));
  if (typeof node === 'object' && node !== null) {
    return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, jsonWith(child, key, fill)]));
  }
  if (typeof node === 'string') {
    const variable = fill(node, place);
    return variable === undefined ? escaped(node) : `{{${variable}}}`;
  }
  const variable = typeof node === 'number' ? fill(String(node), place) : undefined;
  return variable === undefined ? node : `{{${variable} | json}}`;
}

/** A literal `{{`. */
function escaped(text: string): string {
  return text.replaceAll('{{', String.raw`\{{`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
