import { defineTool } from 'rearguard';
import { analyze } from './commands/analyze.ts';
import { trace } from './commands/trace.ts';
import { options } from './options.ts';
import { RULES } from './rules.ts';

export default defineTool({
  name: 'auth-flow-tracer',
  alias: 'auth',
  summary: 'Login flows step by step: time, cookies, tokens, logout, and what refused',
  whenToUse: 'When logins fail or are slow, and before and after changes of authentication',
  options,
  rules: Object.values(RULES),
  commands: { trace, analyze },
});
