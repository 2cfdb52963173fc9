import { isDeepStrictEqual } from 'node:util';
import { type JsonValue, query } from 'jsonpath-rfc9535';
import { reasonOf } from '../../core/errors.ts';
import type { Assertion, FailedAssertion, Phases, TextOperator } from './types.ts';
import type { Sanitizer } from './untrusted-text.ts';

/** What assertions look at. */
export interface Observation {
  status: number;
  headers: ReadonlyMap<string, string>;
  body: string;
  /** Only the first part of the body is in `body`. */
  bodyTruncated: boolean;
  phases: Phases;
  totalMs: number;
}

/** Longest text a pattern from the config is tried on, so that a bad one costs bounded time. */
const MAX_PATTERN_INPUT = 65_536;

/** The assertions that do not hold, with what was found instead. */
export function failedAssertions(
  assertions: readonly Assertion[],
  observation: Observation,
  sanitize: Sanitizer,
): FailedAssertion[] {
  return assertions.flatMap((assertion) => {
    const actual = contradiction(assertion, observation);
    return actual === null ? [] : [{ assertion, actual: sanitize(actual) }];
  });
}

/** null when the assertion holds. */
function contradiction(assertion: Assertion, seen: Observation): string | null {
  switch (assertion.kind) {
    case 'status':
      return assertion.anyOf.some((range) => matchesStatus(range, seen.status)) ? null : String(seen.status);
    case 'header':
      return textContradiction(assertion.op, seen.headers.get(assertion.name.toLowerCase()), assertion.value);
    case 'body':
      return bodyContradiction(assertion.op, assertion.value, seen);
    case 'json':
      return jsonContradiction(assertion, seen);
    case 'latency':
      return seen.totalMs <= assertion.maxMs ? null : `${seen.totalMs.toFixed(1)} ms`;
    case 'phase':
    default:
      return phaseContradiction(assertion, seen.phases);
  }
}

/** A phase that did not happen took no time. */
function phaseContradiction(assertion: Extract<Assertion, { kind: 'phase' }>, phases: Phases): string | null {
  const spentMs = phases[assertion.phase];
  return spentMs === null || spentMs <= assertion.maxMs ? null : `${spentMs.toFixed(1)} ms`;
}

/** `200`, `2xx` or `200-204`. */
export function matchesStatus(range: string, status: number): boolean {
  const [from = '', to = from] = range.toLowerCase().split('-');
  const lowest = Number(from.replaceAll('x', '0'));
  const highest = Number(to.replaceAll('x', '9'));
  return status >= lowest && status <= highest;
}

/** `exists` and `absent` are about the header itself without a value, about the text in it with one. */
function textContradiction(
  op: TextOperator,
  actual: string | undefined,
  value: string | undefined,
): string | null {
  const found = actual ?? '(absent)';
  if (op === 'matches') return actual === undefined ? found : patternContradiction(value ?? '', actual);
  const includes = actual?.includes(value ?? '') === true;
  const holds = {
    exists: includes,
    contains: includes,
    absent: actual === undefined || (value !== undefined && !includes),
    equals: actual === value,
  }[op];
  return holds ? null : found;
}

function bodyContradiction(op: TextOperator, value: string, seen: Observation): string | null {
  const failed = textContradiction(op, seen.body, value);
  if (failed === null) return null;
  return seen.bodyTruncated ? `(in the first ${seen.body.length} characters) ${failed}` : failed;
}

function patternContradiction(pattern: string, actual: string): string | null {
  try {
    return new RegExp(pattern, 'u').test(actual.slice(0, MAX_PATTERN_INPUT)) ? null : actual;
  } catch (error) {
    return `(the pattern is not valid: ${reasonOf(error)})`;
  }
}

type JsonAssertion = Extract<Assertion, { kind: 'json' }>;

function jsonContradiction(assertion: JsonAssertion, seen: Observation): string | null {
  if (seen.bodyTruncated) return `(the body is longer than the ${seen.body.length} characters kept)`;
  let nodes: JsonValue[];
  try {
    nodes = query(JSON.parse(seen.body) as JsonValue, assertion.path);
  } catch (error) {
    return `(${reasonOf(error)})`;
  }
  if (assertion.op === 'absent') return nodes.length === 0 ? null : describe(nodes);
  return nodes.some((node) => nodeHolds(assertion.op, node, assertion.value)) ? null : describe(nodes);
}

function nodeHolds(op: JsonAssertion['op'], node: JsonValue, value: unknown): boolean {
  switch (op) {
    case 'equals':
      return isDeepStrictEqual(node, value);
    case 'contains':
      return Array.isArray(node)
        ? node.some((entry) => isDeepStrictEqual(entry, value))
        : typeof node === 'string' && node.includes(String(value));
    case 'matches':
      return patternContradiction(String(value), textOf(node)) === null;
    case 'gt':
      return typeof node === 'number' && node > Number(value);
    case 'lt':
      return typeof node === 'number' && node < Number(value);
    default:
      return op === 'exists';
  }
}

function textOf(node: JsonValue): string {
  return typeof node === 'string' ? node : JSON.stringify(node);
}

function describe(nodes: readonly JsonValue[]): string {
  return nodes.length === 0 ? '(nothing selected)' : nodes.map((node) => JSON.stringify(node)).join(', ');
}
