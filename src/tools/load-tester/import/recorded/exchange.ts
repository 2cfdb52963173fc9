import type { RecordedTraffic } from '../../../../platform/recording/types.ts';

/** A request that somebody really made, and its answer, from a proxy or from a file: exchanges of one client are a session. */
export type RecordedExchange = RecordedTraffic;

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
