import path from 'node:path';
import { loadConfig } from '../../../config/load.ts';
import { createRedactor } from '../../../core/redact.ts';
import { systemClock } from '../../../platform/clock.ts';
import { ownCommand } from '../../../runtime/own-command.ts';
import { testTools } from '../../../runtime/own-tools/test-tools.ts';
import type { CommandResult, Invocation } from '../spec.ts';
import { createMessages } from '../stderr.ts';

/** `rearguard tool test [name]`: without a runtime, for that loads tools into this very process. */
export async function run({ values, globals, io, presentation, signal }: Invocation): Promise<CommandResult> {
  const messages = createMessages(io.stderr, presentation);
  const frame = {
    clock: systemClock,
    random: Math.random,
    redactor: () => Promise.resolve(createRedactor([])),
  };
  const result = await ownCommand(frame, 'tool test', async () => {
    const cwd = path.resolve(io.cwd, globals.cwd ?? '.');
    const file = globals.config === undefined ? undefined : path.resolve(io.cwd, globals.config);
    const config = await loadConfig({ cwd, path: file, env: io.env, required: true });
    const name = values['name'] as string | undefined;
    return testTools(config, { name, env: io.env, signal, onStep: messages.progress });
  });
  messages.clear();
  return { ...result, plain: true };
}
