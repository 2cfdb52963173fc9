import { defineTool } from '../define.ts';
import { discover } from './commands/discover.ts';
import { monitor } from './commands/monitor.ts';
import { status } from './commands/status.ts';
import { dependencyOptionsSchema } from './options.ts';
import { ruleList, TOOL } from './rules.ts';

export const tool = defineTool({
  name: TOOL,
  alias: 'deps',
  summary: 'What the backend depends on: databases, brokers, APIs, names and certificates',
  whenToUse: 'Continuously, and first of all when something fails',
  options: dependencyOptionsSchema,
  rules: ruleList,
  commands: { monitor, status, discover },
  check: 'status',
  monitor: 'monitor',
});
