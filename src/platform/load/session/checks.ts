import type { FailureKind } from '../../../core/load/measure.ts';
import type { StepCheck } from '../../../core/load/plan.ts';
import type { WireResponse } from '../wire/types.ts';
import type { BodyReader } from './body-reader.ts';
import { compileJsonPath } from './json-path.ts';
import { compilePattern } from './safe-pattern.ts';

/** Whether the status is one that the step asks for; 200 to 399 where it does not say. */
export function statusCheck(checks: readonly StepCheck[]): (status: number) => FailureKind | null {
  const ranges = checks.flatMap((check) => (check.kind === 'status' ? [check.ranges] : []));
  if (ranges.length === 0) return (status) => (status >= 200 && status < 400 ? null : kindOf(status));
  const [first = []] = ranges;
  const [range] = first;
  if (ranges.length === 1 && first.length === 1 && range !== undefined) {
    const { from, to } = range;
    return (status) => (status >= from && status <= to ? null : kindOf(status));
  }
  const passes = (status: number): boolean =>
    ranges.every((anyOf) => anyOf.some(({ from, to }) => status >= from && status <= to));
  return (status) => (passes(status) ? null : kindOf(status));
}

/** An error of the server stays one by its own name, whatever the step expected; a status that is merely another one fails the check. */
function kindOf(status: number): FailureKind {
  if (status === 429) return 'status-429';
  if (status >= 400 && status < 500) return 'status-4xx';
  if (status >= 500 && status < 600) return 'status-5xx';
  return status >= 200 && status < 400 ? 'check' : 'status-other';
}

export type ResponseCheck = (response: WireResponse, body: BodyReader) => boolean;

/** Every check but that of the status. Throws where a path or a pattern is wrong. */
export function compileCheck(check: Exclude<StepCheck, { kind: 'status' }>): ResponseCheck {
  switch (check.kind) {
    case 'max-bytes': {
      const { bytes } = check;
      return (response) => response.bodyBytes <= bytes;
    }
    case 'header': {
      const { contains } = check;
      const name = check.name.toLowerCase();
      return (response) => response.header(name)?.includes(contains) ?? false;
    }
    case 'body-contains': {
      const text = Buffer.from(check.text, 'utf8');
      return (_response, body) => body.bytes()?.includes(text) ?? false;
    }
    case 'body-matches': {
      const pattern = compilePattern(check.pattern);
      return (_response, body) => pattern.test(body.text() ?? '');
    }
    case 'json':
    default:
      return jsonCheck(check);
  }
}

function jsonCheck({ path: source, equals }: Extract<StepCheck, { kind: 'json' }>): ResponseCheck {
  const path = compileJsonPath(source);
  if (equals === undefined) return (_response, body) => path.first(body.json()) !== undefined;
  if (path.single) return (_response, body) => path.first(body.json()) === equals;
  return (_response, body) => path.all(body.json()).includes(equals);
}
