import { defineTool } from '../define.ts';
import { beforeAfter } from './commands/before-after.ts';
import { capacity } from './commands/capacity.ts';
import { quickTest } from './commands/quick-test.ts';
import { record } from './commands/record.ts';
import { run } from './commands/run.ts';
import { loadOptionsSchema } from './options.ts';
import { ruleList, TOOL } from './rules.ts';

export const tool = defineTool({
  name: TOOL,
  alias: 'load',
  summary: 'What the backend takes: honest load, from a first look to its limits',
  whenToUse: 'Before a release or a busy day, and after each change that may cost speed',
  options: loadOptionsSchema,
  rules: ruleList,
  commands: { 'quick-test': quickTest, run, 'before-after': beforeAfter, capacity, record },
});
