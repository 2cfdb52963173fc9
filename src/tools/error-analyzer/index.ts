import { defineTool } from '../define.ts';
import { analyze } from './commands/analyze.ts';
import { emergency } from './commands/emergency.ts';
import { group } from './commands/group.ts';
import { ignore } from './commands/ignore.ts';
import { reopen } from './commands/reopen.ts';
import { resolve } from './commands/resolve.ts';
import { monitor } from './commands/monitor.ts';
import { query } from './commands/query.ts';
import { show } from './commands/show.ts';
import { errorOptionsSchema } from './options.ts';
import { ALIAS, ruleList, TOOL } from './rules.ts';

export const tool = defineTool({
  name: TOOL,
  alias: ALIAS,
  summary: 'Errors and exceptions in logs: grouped, what is new or exploding, who is hit, and why',
  whenToUse: 'Every morning, after a deployment, and first of all in an incident',
  options: errorOptionsSchema,
  rules: ruleList,
  commands: { analyze, monitor, emergency, show, resolve, ignore, reopen, query, group },
  check: 'analyze',
  monitor: 'monitor',
});
