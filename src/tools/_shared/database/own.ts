import { OWN_STATEMENT_MARK } from '../../../platform/sql/marker.ts';

/**
 * Whether a text, as statistics or the list of sessions has it, is a statement of ours: servers keep the comments
 * that stand around the first one of its kind, at least one of the two.
 */
export function isOwnText(text: string | null): boolean {
  return (
    text !== null && (text.startsWith(OWN_STATEMENT_MARK) || text.trimEnd().endsWith(OWN_STATEMENT_MARK))
  );
}
