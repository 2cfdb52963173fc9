import { defineTool } from 'rearguard';
import { analyzeCommand } from './commands/analyze.ts';
import { insightsCommand } from './commands/insights.ts';
import { monitorCommand } from './commands/monitor.ts';
import { options } from './options.ts';
import { RULES } from './rules.ts';

export default defineTool({
  name: 'tool-name',
  alias: 'tool-alias',
  summary: 'How long chosen paths of the backend take, now and over the last days',
  whenToUse: 'When these paths get slow, and before and after changes to them',
  options,
  rules: Object.values(RULES),
  commands: { monitor: monitorCommand, analyze: analyzeCommand, insights: insightsCommand },
  check: 'monitor',
});
