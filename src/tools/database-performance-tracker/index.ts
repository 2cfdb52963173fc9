import { defineTool } from '../define.ts';
import { analyze } from './commands/analyze.ts';
import { currentState } from './commands/current-state.ts';
import { incidentMode } from './commands/incident-mode.ts';
import { overnightSummary } from './commands/overnight-summary.ts';
import { watch } from './commands/watch.ts';
import { trackerOptionsSchema } from './options.ts';
import { ALIAS, ruleList, TOOL } from './rules.ts';

/** Commands load what they run when they are run: in an incident each second counts. */
export const tool = defineTool({
  name: TOOL,
  alias: ALIAS,
  summary: 'What databases do and did: connections, locks, waits, statements, storage, vacuum',
  whenToUse: 'When the backend is slow or stuck, every morning, and continuously',
  options: trackerOptionsSchema,
  rules: ruleList,
  commands: {
    analyze,
    'overnight-summary': overnightSummary,
    'current-state': currentState,
    'incident-mode': incidentMode,
    watch,
  },
  check: 'analyze',
  monitor: 'watch',
});
