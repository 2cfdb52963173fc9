import type { ScenarioInput } from '../../scenario/schema.ts';
import { contentTypeOf, isJson, parsedJson, type RecordedExchange } from './exchange.ts';

type Step = NonNullable<ScenarioInput['steps']>[number];
export type Extract = NonNullable<Exclude<Step, string>['extract']>[string];

/** A value of an answer that a later request may need. */
export interface AnswerValue {
  value: string;
  /** What a variable of it may be called. */
  name: string;
  extract: Extract;
  /** Of an id: short values count, too. */
  isId: boolean;
}

const MAX_VALUES = 2_000;
const MAX_DEPTH = 8;
const MAX_VALUE_LENGTH = 4_096;
const HIDDEN_INPUT = /<input\b[^>]{0,500}\btype=["']?hidden["']?[^>]{0,500}>/gi;
const META = /<meta\b[^>]{0,500}\bname=["'][\w-]{0,40}csrf[\w-]{0,40}["'][^>]{0,500}>/gi;

/** What an answer holds that may come back: fields of JSON, tokens of forms, cookies, headers. */
export function valuesOf(exchange: RecordedExchange): AnswerValue[] {
  const values: AnswerValue[] = [...headerValues(exchange)];
  const body = exchange.answerBody;
  if (body === null) return values;
  const type = contentTypeOf(exchange.answerHeaders);
  if (isJson(type)) collectJson(parsedJson(body), '$', 'value', values, 0);
  else if (type === 'text/html') values.push(...formValues(body));
  return values;
}

function* headerValues({ answerHeaders }: RecordedExchange): Generator<AnswerValue> {
  for (const [name, value] of answerHeaders) {
    if (name === 'set-cookie') {
      const [, cookie, text] = /^([^=;\s]+)=([^;]*)/.exec(value) ?? [];
      if (cookie !== undefined && text !== undefined) {
        yield { value: text, name: cookie, extract: { cookie }, isId: false };
      }
    } else if (name === 'location' && value.startsWith('/')) {
      // Only a header as a whole can be taken; that is what the next request asks for.
      yield { value, name: 'location', extract: { header: 'location' }, isId: false };
    } else if (/token|csrf|xsrf|nonce/.test(name)) {
      yield { value, name, extract: { header: name }, isId: false };
    }
  }
}

function collectJson(node: unknown, path: string, name: string, values: AnswerValue[], depth: number): void {
  if (values.length >= MAX_VALUES || depth > MAX_DEPTH) return;
  if (Array.isArray(node)) {
    for (const item of node) collectJson(item, `${path}[*]`, name, values, depth + 1);
  } else if (typeof node === 'object' && node !== null) {
    for (const [key, child] of Object.entries(node)) {
      const own = /^(?:id|key|uuid)$/i.test(key) && name !== 'value' ? `${singular(name)}_${key}` : key;
      collectJson(child, `${path}${member(key)}`, own, values, depth + 1);
    }
  } else if ((typeof node === 'string' && node.length <= MAX_VALUE_LENGTH) || typeof node === 'number') {
    const extract: Extract = path.includes('[*]') ? { json: path, pick: 'random' } : path;
    values.push({ value: String(node), name, extract, isId: /(?:^|_|[a-z])(?:id|uuid)$/i.test(name) });
  }
}

function member(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function singular(name: string): string {
  return name.replace(/ies$/, 'y').replace(/(?<!s)s$/, '');
}

function* formValues(html: string): Generator<AnswerValue> {
  for (const [tag] of [...html.matchAll(HIDDEN_INPUT), ...html.matchAll(META)]) {
    const name = attribute(tag, 'name');
    const key = tag.toLowerCase().startsWith('<meta') ? 'content' : 'value';
    const value = attribute(tag, key);
    if (name === undefined || value === undefined || value === '') continue;
    const before = tag.indexOf(`${key}=`);
    const named = tag.search(/\bname=/i);
    const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    const regex =
      named < before
        ? `name=["']${escaped}["'][^>]{0,200}${key}=["']([^"']{1,4000})["']`
        : `${key}=["']([^"']{1,4000})["'][^>]{0,200}name=["']${escaped}["']`;
    yield { value, name, extract: { regex }, isId: false };
  }
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\b${name}=["']([^"']{0,4000})["']`, 'i').exec(tag)?.[1];
}
