/** One span of a trace [OpenTelemetry], as far as the tools use it. */
export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  name: string;
  kind: 'server' | 'client' | 'consumer' | 'producer' | 'internal';
  startMs: number;
  endMs: number;
  failed: boolean;
  /** `service.name` of its resource. */
  service: string | null;
  attributes: Readonly<Record<string, string | number | boolean>>;
}

/** The first of several names under which semantic conventions have kept the same thing over the years. */
export function attribute(span: Pick<Span, 'attributes'>, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = span.attributes[name];
    if (value !== undefined && value !== '') return String(value);
  }
  return null;
}
