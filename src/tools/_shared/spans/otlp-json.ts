import { z } from 'zod';
import type { Span } from './span.ts';

/** OTLP/JSON (opentelemetry-proto, JSON mapping of protobuf): 64-bit numbers come as text, enums as numbers or names. */
const valueSchema = z.looseObject({
  stringValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
  doubleValue: z.number().optional(),
});
const attributesSchema = z
  .array(z.looseObject({ key: z.string(), value: valueSchema.optional() }))
  .optional();
const timeSchema = z.union([z.string().regex(/^\d+$/), z.number()]);
const spanSchema = z.looseObject({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string().optional(),
  kind: z.union([z.number(), z.string()]).optional(),
  startTimeUnixNano: timeSchema,
  endTimeUnixNano: timeSchema,
  attributes: attributesSchema,
  status: z.looseObject({ code: z.union([z.number(), z.string()]).optional() }).optional(),
});
const requestSchema = z.looseObject({
  resourceSpans: z.array(
    z.looseObject({
      resource: z.looseObject({ attributes: attributesSchema }).optional(),
      scopeSpans: z.array(z.looseObject({ spans: z.array(z.unknown()).optional() })).optional(),
    }),
  ),
});

const KINDS: readonly Span['kind'][] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUS_ERROR = new Set<unknown>([2, 'STATUS_CODE_ERROR']);
const NANOSECONDS = 1e6;

/**
 * The spans of one ExportTraceServiceRequest: a whole file, or a line of one. null when the text is none; a span within
 * that is not whole is left out and counted.
 */
export function readOtlpJson(text: string): { spans: Span[]; unreadable: number } | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const request = requestSchema.safeParse(document);
  if (!request.success) return null;
  const spans: Span[] = [];
  let unreadable = 0;
  for (const { resource, scopeSpans = [] } of request.data.resourceSpans) {
    const service = attributesOf(resource?.attributes)['service.name'];
    for (const candidate of scopeSpans.flatMap((scope) => scope.spans ?? [])) {
      const span = spanSchema.safeParse(candidate);
      if (span.success) spans.push(toSpan(span.data, service === undefined ? null : String(service)));
      else unreadable += 1;
    }
  }
  return { spans, unreadable };
}

function toSpan(span: z.infer<typeof spanSchema>, service: string | null): Span {
  const { traceId, spanId, parentSpanId, name = '', kind = 0 } = span;
  return {
    traceId,
    spanId,
    parentSpanId: parentSpanId === undefined || /^0*$/.test(parentSpanId) ? null : parentSpanId,
    name,
    kind: typeof kind === 'number' ? (KINDS[kind] ?? 'internal') : kindNamed(kind),
    startMs: Number(span.startTimeUnixNano) / NANOSECONDS,
    endMs: Number(span.endTimeUnixNano) / NANOSECONDS,
    failed: STATUS_ERROR.has(span.status?.code),
    service,
    attributes: attributesOf(span.attributes),
  };
}

/** `SPAN_KIND_SERVER` */
function kindNamed(name: string): Span['kind'] {
  const short = name.replace(/^SPAN_KIND_/, '').toLowerCase();
  return KINDS.find((kind) => kind === short) ?? 'internal';
}

function attributesOf(
  attributes: z.infer<typeof attributesSchema>,
): Record<string, string | number | boolean> {
  // A null prototype: `__proto__` is a name like any other here.
  const result = Object.create(null) as Record<string, string | number | boolean>;
  for (const { key, value } of attributes ?? []) {
    const plain = value?.stringValue ?? value?.boolValue ?? value?.doubleValue;
    if (plain !== undefined) result[key] = plain;
    else if (value?.intValue !== undefined) result[key] = Number(value.intValue);
  }
  return result;
}
