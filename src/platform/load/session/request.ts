import type { PlannedStep } from '../../../core/load/plan.ts';
import type { WireRequest } from '../wire/types.ts';
import { safeTarget } from '../wire/request-text.ts';
import { asIs, jsonString, percentEncoded } from './escape.ts';
import type { Piece } from './template.ts';
import { compileText, type Place, renderText, type Text, type TextContext } from './text.ts';
import type { SessionState } from './types.ts';

/** A request whose texts are compiled. */
export interface RequestTemplate {
  method: string;
  path: Text;
  headers: readonly { name: string; text: Text }[];
  body: Text | null;
  /** Whether it is the same for every session. */
  constant: boolean;
}

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** The encoder's own: how a message is framed and whether its connection stays (RFC 9112; RFC 9113, section 8.2.2). */
const FRAMING = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

const IN_PATH: Place = { literal: safeTarget, value: percentEncoded, raw: safeTarget };
const IN_FORM: Place = { literal: asIs, value: percentEncoded, raw: asIs };
const IN_STRING: Place = { literal: asIs, value: jsonString, raw: asIs };
const AS_IS: Place = { literal: asIs, value: asIs, raw: asIs };

export function compileRequest(step: PlannedStep, context: TextContext): RequestTemplate {
  if (!TOKEN.test(step.method)) context.report(`method ${JSON.stringify(step.method)} is not one`);
  const path = startingWithSlash(compileText(step.path, context, () => IN_PATH));
  const headers = step.headers
    .map(([name, value]) => ({ name: name.toLowerCase(), value }))
    .filter(({ name }) => !FRAMING.has(name))
    .map(({ name, value }) => ({ name, text: compileHeader(name, value, context) }));
  const body = step.body === null ? null : compileBody(step.body, contentType(step), context);
  const texts = [path, ...headers.map(({ text }) => text), ...(body === null ? [] : [body])];
  return {
    method: step.method,
    path,
    headers,
    body,
    constant: texts.every((text) => 'constant' in text),
  };
}

/** Without a session only for a request that is constant. */
export function renderRequest(template: RequestTemplate, session: SessionState | null): WireRequest {
  const headers: [string, string][] = [];
  for (const { name, text } of template.headers) headers.push([name, renderText(text, session)]);
  return {
    method: template.method,
    path: renderText(template.path, session),
    headers,
    body: template.body === null ? null : renderText(template.body, session),
  };
}

/** A value may be the whole path, with `| raw`; whatever it is, it stays one. */
function startingWithSlash(path: Text): Text {
  const rooted = (text: string): string => (text.startsWith('/') ? text : `/${text}`);
  if ('constant' in path) return { constant: rooted(path.constant) };
  const { value } = path;
  return { value: (session) => rooted(value(session)) };
}

function compileHeader(name: string, value: string, context: TextContext): Text {
  const report = (problem: string): void => context.report(`header ${name}: ${problem}`);
  if (!TOKEN.test(name)) report('the name may hold no spaces and no separators');
  if (/[\r\n\0]/.test(value)) report('the value holds a line break');
  return compileText(
    value,
    { ...context, report },
    () => AS_IS,
    (variable) => {
      const problem = context.scope.useInHeader(variable);
      if (problem !== null) report(problem);
    },
  );
}

function compileBody(body: string, type: string, context: TextContext): Text {
  const report = (problem: string): void => context.report(`body: ${problem}`);
  return compileText(body, { ...context, report }, placesInBody(body, type));
}

/** In JSON, a value between quotes is a part of a string, and any other is JSON itself: `{"name":"{{name}}","age":{{age}}}`. */
function placesInBody(body: string, type: string): (piece: Piece) => Place {
  if (type.includes('application/x-www-form-urlencoded')) return () => IN_FORM;
  if (!type.includes('json') && !(type === '' && /^\s*[[{]/.test(body))) return () => AS_IS;
  let inString = false;
  return (piece) => {
    if (typeof piece === 'string') {
      for (const [token] of piece.matchAll(/\\.|"/gs)) if (token === '"') inString = !inString;
    }
    return inString ? IN_STRING : AS_IS;
  };
}

function contentType({ headers }: PlannedStep): string {
  const field = headers.find(([name]) => name.toLowerCase() === 'content-type');
  return field?.[1].toLowerCase() ?? '';
}
