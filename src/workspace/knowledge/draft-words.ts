/** What only a person can say. */
const PLACEHOLDER = /\(to complete: [^()\n]*\)/g;

export function toComplete(what: string): string {
  return `(to complete: ${what.replace(/[()\n]/g, ' ')})`;
}

export function hasPlaceholder(text: string): boolean {
  return text.search(PLACEHOLDER) >= 0;
}
