import { defineTool } from '../define.ts';
import { trackerOptionsSchema } from './options.ts';
import { ALIAS, ruleList, TOOL } from './rules.ts';

export const tool = defineTool({
  name: TOOL,
  alias: ALIAS,
  summary: 'What databases do and did: connections, locks, waits, statements, storage, vacuum',
  whenToUse: 'When the backend is slow or stuck, every morning, and continuously',
  options: trackerOptionsSchema,
  rules: ruleList,
  commands: {},
  check: 'analyze',
  monitor: 'watch',
});
