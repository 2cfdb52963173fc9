import { OWN_STATEMENT_MARK } from '../../../platform/sql/marker.ts';

/**
 * Whether a text, as statistics or the list of sessions has it, is a statement of ours: servers keep the comment that
 * stands before the first one of its kind.
 */
export function isOwnText(text: string | null): boolean {
  return text !== null && text.startsWith(OWN_STATEMENT_MARK);
}
