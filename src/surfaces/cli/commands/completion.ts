import { BUILTIN_COMMANDS, GROUPS } from '../builtin.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { powershellCompletion } from '../completion/powershell.ts';
import { type CompletionNode, completionNodes } from '../completion/tree.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { localResult, openLocalFrame } from '../local-report.ts';
import { loadEveryTool } from '../plugins.ts';
import type { CommandResult, Invocation } from '../spec.ts';
import { toolCommandSpecs } from '../tool-commands.ts';

type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';

const SCRIPTS: Readonly<Record<Shell, (nodes: readonly CompletionNode[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
};

/** `rearguard completion <shell>`, made from the same definitions as the help. */
export async function run({ values, globals, io }: Invocation): Promise<CommandResult> {
  const frame = openLocalFrame('completion');
  const shell = values['shell'] as Shell;
  const tools = await loadEveryTool(globals, io);
  const nodes = completionNodes(
    tools.map((tool) => ({ ...tool, commands: toolCommandSpecs(tool) })),
    BUILTIN_COMMANDS,
    GROUPS,
  );
  const script = SCRIPTS[shell](nodes);
  const result = localResult(frame, { summary: `Completion for ${shell}.`, data: { shell, script } });
  return { ...result, text: script };
}
