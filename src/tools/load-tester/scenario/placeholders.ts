/** Names between `{{` and `}}`; what begins with `$` is made anew each time, `\{{` is literal. */
const PLACEHOLDER = /(?<!\\)\{\{\s*([\p{L}_][\p{L}\p{N}_.-]*)\s*(?:\|[^}]*)?\}\}/gu;

/** Variables that a text needs. */
export function namesOf(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}
