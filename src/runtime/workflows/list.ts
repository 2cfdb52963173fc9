import type { RunResult } from '../envelope.ts';
import { ownCommand } from '../own-command.ts';
import type { Runtime } from '../runtime.ts';
import { allWorkflows } from './find.ts';

/** Every workflow with its steps; a comma joins what runs side by side. */
export function listWorkflows(runtime: Runtime): Promise<RunResult> {
  return ownCommand(runtime, 'run', () => {
    const workflows = allWorkflows(runtime.config.workflows);
    return {
      status: 'pass',
      summary: 'Run one with `rearguard run <name>`.',
      sections: [
        {
          kind: 'tree',
          roots: workflows.map(({ name, summary, groups, origin }) => ({
            label: `${name}: ${summary}${origin === 'config' ? ' (of the config)' : ''}`,
            children: groups.map((group) => ({ label: group.map(({ run }) => run).join(', ') })),
          })),
        },
      ],
      data: {
        workflows: workflows.map(({ name, summary, origin, groups }) => ({
          name,
          summary,
          origin,
          steps: groups.map((group) => group.map(({ run }) => run)),
        })),
      },
      next: ['rearguard run daily'],
    };
  });
}
