import { relative, sep } from 'node:path';
import { z } from 'zod';
import type { RunResult } from '../envelope.ts';
import { ownCommand } from '../own-command.ts';
import type { Runtime } from '../runtime.ts';
import { refreshContext } from './refresh-context.ts';

export const workspaceRefreshDataSchema = z.object({
  /** Of AI-CONTEXT.md, relative to the config. */
  file: z.string(),
  /** Regions that were written anew. */
  changed: z.array(z.string()),
  /** Regions that the team has taken out of the file: they stay out. */
  absent: z.array(z.string()),
});

/** Reads the code again and brings every region of AI-CONTEXT.md up to date. Throws what refreshContext() throws. */
export function refreshWorkspace(runtime: Runtime, signal: AbortSignal): Promise<RunResult> {
  return ownCommand(runtime, 'workspace refresh', async () => {
    const { path, changed, absent } = await refreshContext(runtime, { read: 'now', signal });
    const file = relative(runtime.config.directory, path).split(sep).join('/');
    return {
      status: 'pass',
      summary:
        changed.length === 0
          ? `${file} is up to date.`
          : `${file}: ${changed.join(', ')} brought up to date.`,
      data: { file, changed, absent },
      diagnostics:
        absent.length === 0
          ? []
          : [
              {
                level: 'note',
                message: `${file} has no region for ${absent.join(', ')}.`,
                hint: 'To have one back, write its two markers where it should stand: `<!-- rearguard:begin name -->` and `<!-- rearguard:end name -->`.',
              },
            ],
      artifacts: changed.length === 0 ? [] : [{ kind: 'context', path: file }],
      next: ['rearguard workspace check'],
    };
  });
}
