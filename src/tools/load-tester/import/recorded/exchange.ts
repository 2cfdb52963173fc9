/** A request that somebody really made, and its answer. Header names are in lower case; everything in it is untrusted. */
export interface RecordedExchange {
  /** Whose it was: exchanges of one client are a session. */
  client: string;
  startMs: number;
  endMs: number;
  method: string;
  /** Path and query. */
  path: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: string | null;
  status: number;
  answerHeaders: readonly (readonly [name: string, value: string])[];
  /** null where it was not kept: too large, or no text. */
  answerBody: string | null;
}

export function headerOf(headers: RecordedExchange['headers'], name: string): string | undefined {
  return headers.find(([own]) => own === name)?.[1];
}

export function contentTypeOf(headers: RecordedExchange['headers']): string {
  return (headerOf(headers, 'content-type') ?? '').split(';')[0]!.trim().toLowerCase();
}

export function isJson(type: string): boolean {
  return /[/+]json$/.test(type);
}

export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
