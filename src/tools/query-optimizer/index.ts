import { defineTool } from '../define.ts';
import { analyze } from './commands/analyze.ts';
import { explain } from './commands/explain.ts';
import { prove } from './commands/prove.ts';
import { recommendations } from './commands/recommendations.ts';
import { optimizerOptionsSchema } from './options.ts';
import { ALIAS, ruleList, TOOL } from './rules.ts';

export const tool = defineTool({
  name: TOOL,
  alias: ALIAS,
  summary: 'What queries cost and how to make them cheap: N+1, indexes, rewrites, each proven',
  whenToUse: 'When queries are slow or many, before a release, and after a change of the schema',
  options: optimizerOptionsSchema,
  rules: ruleList,
  commands: { analyze, recommendations, explain, prove },
  check: 'analyze',
});
