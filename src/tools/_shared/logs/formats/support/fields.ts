import { sliceText, type ByteSlice } from '../../../../../core/log/record-view.ts';

export type FieldSink = (name: string, value: string) => void;

const MAX_HEAD_BYTES = 16_384;

/** The first lines of a record as text, for the cold reading of its fields. */
export function headText(slice: ByteSlice): string {
  return sliceText(slice, MAX_HEAD_BYTES);
}

/** What a pattern's named groups hold; whether it matched. A dash is how many logs write "nothing". */
export function namedFields(pattern: RegExp, text: string, sink: FieldSink): boolean {
  const groups = pattern.exec(text)?.groups;
  if (groups === undefined) return false;
  for (const [name, value] of Object.entries(groups)) {
    if (value !== undefined && value !== '' && value !== '-') sink(name, value);
  }
  return true;
}

const PAIR = /(?<![\w.-])([A-Za-z_][\w.-]{0,63})=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s,;)\]}"']+))/g;

/** `order=17 user="a b"` within a sentence. */
export function pairFields(text: string, sink: FieldSink): void {
  for (const [, name = '', quoted, single, bare] of text.matchAll(PAIR)) {
    sink(name, quoted === undefined ? (single ?? bare ?? '') : quoted.replaceAll(/\\(.)/g, '$1'));
  }
}
