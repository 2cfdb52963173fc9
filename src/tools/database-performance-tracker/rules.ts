import type { Rule } from '../../core/finding.ts';
import { ACTIVITY_RULES } from './rules/activity.ts';
import { INDEX_RULES } from './rules/indexes.ts';
import { STATEMENT_RULES } from './rules/statements.ts';
import { STORAGE_RULES } from './rules/storage.ts';

export { ALIAS, TOOL } from './rules/tool.ts';

/** The catalogue; each file of `rules/` holds those about one thing. */
export const RULES = {
  ...ACTIVITY_RULES,
  ...STATEMENT_RULES,
  ...STORAGE_RULES,
  ...INDEX_RULES,
} as const satisfies Record<string, Rule>;

export const ruleList: readonly Rule[] = Object.values(RULES);
