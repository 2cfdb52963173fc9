import type { Assertion, HttpProbePlan, PhaseName, TextOperator } from '../../../platform/probe/types.ts';
import type { Expectation } from '../options.ts';
import type { Endpoint } from './endpoints.ts';

/** The request that probes an endpoint. Its id is the endpoint's name. */
export function planFor(endpoint: Endpoint, options: { warm: boolean }): HttpProbePlan {
  const { target, options: own } = endpoint;
  return {
    kind: 'http',
    id: endpoint.name,
    url: target.baseUrl + endpoint.path,
    method: endpoint.method,
    headers: { ...target.headers, ...own.headers },
    ...(own.body === undefined ? {} : { body: own.body }),
    httpVersion: own.httpVersion,
    maxRedirects: own.maxRedirects,
    ...(target.auth === undefined ? {} : { auth: target.auth }),
    ...(target.tls === undefined ? {} : { tls: target.tls }),
    ...(own.addressFamily === undefined ? {} : { addressFamily: own.addressFamily }),
    resolver: own.resolver,
    timeoutMs: endpoint.timeoutMs,
    warm: options.warm,
    assertions: assertionsOf(own.expect),
    maxBodyBytes: own.maxBody,
  };
}

export function assertionsOf(expect: Expectation | undefined): Assertion[] {
  if (expect === undefined) return [];
  const assertions: Assertion[] = [];
  if (expect.status !== undefined)
    assertions.push({ kind: 'status', anyOf: [expect.status].flat().map(String) });
  for (const [name, wanted] of Object.entries(expect.headers ?? {})) {
    for (const { op, value } of textConditions(wanted)) {
      assertions.push({ kind: 'header', name, op, ...(value === undefined ? {} : { value }) });
    }
  }
  if (expect.body !== undefined) {
    for (const { op, value } of textConditions(expect.body))
      assertions.push({ kind: 'body', op, value: value ?? '' });
  }
  for (const { path, ...wanted } of expect.json ?? []) {
    for (const [op, value] of Object.entries(wanted)) {
      if (value === undefined) continue;
      if (op === 'exists') assertions.push({ kind: 'json', path, op: value === true ? 'exists' : 'absent' });
      else assertions.push({ kind: 'json', path, op: op as TextOperator | 'gt' | 'lt', value });
    }
  }
  if (expect.latency !== undefined) assertions.push({ kind: 'latency', maxMs: expect.latency });
  for (const [phase, maxMs] of Object.entries(expect.phases ?? {})) {
    assertions.push({ kind: 'phase', phase: phase as PhaseName, maxMs });
  }
  return assertions;
}

type TextExpectation = NonNullable<Expectation['body']>;

function textConditions(wanted: TextExpectation): { op: TextOperator; value?: string }[] {
  if (typeof wanted === 'string') return [{ op: 'equals', value: wanted }];
  const conditions: { op: TextOperator; value?: string }[] = [];
  if (wanted.equals !== undefined) conditions.push({ op: 'equals', value: wanted.equals });
  if (wanted.contains !== undefined) conditions.push({ op: 'contains', value: wanted.contains });
  if (wanted.matches !== undefined) conditions.push({ op: 'matches', value: wanted.matches });
  if (wanted.exists !== undefined) conditions.push({ op: wanted.exists ? 'exists' : 'absent' });
  return conditions;
}
