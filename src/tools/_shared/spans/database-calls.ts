import type { UnitCall } from '../database/unit-call.ts';
import { attribute, type Span } from './span.ts';

/** `$1`, `?`, `%s`, `:name`, `@p1` */
const PLACEHOLDER = /\$\d|\?|%s|[^:]:[a-z_]\w*|@\w/i;

/** Farther up no span says more, and a broken trace may have a ring. */
const MAX_ANCESTORS = 64;

/**
 * The database calls among spans, each with the request that it was made for. Spans of connecting, of transactions and
 * of pools carry no statement and are left out.
 */
export function databaseCalls(spans: readonly Span[]): UnitCall[] {
  const byId = new Map(spans.map((span) => [`${span.traceId} ${span.spanId}`, span]));
  return spans.flatMap((span) => {
    const statement = attribute(span, 'db.query.text', 'db.statement');
    if (statement === null) return [];
    const ancestors = ancestorsOf(span, byId);
    const entry = ancestors.find(({ kind }) => kind === 'server' || kind === 'consumer');
    const top = entry ?? ancestors.at(-1) ?? span;
    const rows = attribute(span, 'db.response.returned_rows');
    return [
      {
        unit: `${span.traceId} ${top.spanId}`,
        statement,
        identity: identityOf(span, statement),
        startMs: span.startMs,
        endMs: span.endMs,
        failed: span.failed,
        rows: rows === null ? null : Number(rows),
        origin: {
          endpoint: entry === undefined ? null : endpointOf(entry),
          file: [span, ...ancestors].map(fileOf).find((file) => file !== null) ?? null,
          application: span.service,
          traceId: span.traceId,
          source: 'span',
        },
      },
    ];
  });
}

/** Nearest first. */
function ancestorsOf(span: Span, byId: ReadonlyMap<string, Span>): Span[] {
  const found: Span[] = [];
  let { parentSpanId } = span;
  while (parentSpanId !== null && found.length < MAX_ANCESTORS) {
    const parent = byId.get(`${span.traceId} ${parentSpanId}`);
    if (parent === undefined) break;
    found.push(parent);
    ({ parentSpanId } = parent);
  }
  return found;
}

/** `GET /api/orders/{id}`; a path without its route would be a name for every id, so then the span's own name is taken. */
function endpointOf(span: Span): string {
  const method = attribute(span, 'http.request.method', 'http.method');
  const route = attribute(span, 'http.route');
  return method !== null && route !== null ? `${method} ${route}` : span.name;
}

function fileOf(span: Span): string | null {
  const path = attribute(span, 'code.file.path', 'code.filepath');
  const line = attribute(span, 'code.line.number', 'code.lineno');
  return path === null || line === null ? path : `${path}:${line}`;
}

/** `db.query.parameter.<key>` holds values where a program was told to send them; else those in the text itself count. */
function identityOf({ attributes }: Span, statement: string): string | null {
  const parameters = Object.entries(attributes).filter(([name]) => name.startsWith('db.query.parameter.'));
  if (parameters.length > 0) return JSON.stringify([statement, parameters]);
  return PLACEHOLDER.test(statement) ? null : statement;
}
