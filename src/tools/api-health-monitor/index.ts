import { defineTool } from '../define.ts';
import { baseline } from './commands/baseline.ts';
import { performanceReport } from './commands/performance-report.ts';
import { postDeployCheck } from './commands/post-deploy-check.ts';
import { status } from './commands/status.ts';
import { watch } from './commands/watch.ts';
import { healthOptionsSchema } from './options.ts';
import { ruleList, TOOL } from './rules.ts';

export const tool = defineTool({
  name: TOOL,
  alias: 'health',
  summary: 'Response times, error rates and uptime of endpoints',
  whenToUse: 'Continuously, and before and after a deployment',
  options: healthOptionsSchema,
  rules: ruleList,
  commands: {
    watch,
    status,
    baseline,
    'performance-report': performanceReport,
    'post-deploy-check': postDeployCheck,
  },
  check: 'status',
  monitor: 'watch',
});
