import { RearguardError } from '../../core/errors.ts';
import type { AnyCommand, ToolDefinition } from '../../tools/define.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';
import { optionSpecs } from '../../runtime/command-line/options.ts';
import { runToolCommand } from './run-tool.ts';
import type { CommandSpec } from './spec.ts';

/** The commands of a tool as the command line has them. */
export function toolCommandSpecs(tool: ToolDefinition): CommandSpec[] {
  return Object.entries(tool.commands).map(([name, command]) => toolCommandSpec(tool, name, command));
}

function toolCommandSpec(tool: ToolDefinition, name: string, command: AnyCommand): CommandSpec {
  const options = optionSpecs(command.input);
  const clash = options.find((option) => GLOBAL_OPTIONS.some((global) => global.field === option.field));
  if (clash) {
    throw new RearguardError('E_PLUGIN_INVALID', {
      origin: tool.name,
      reason: `the input field ${clash.field} of ${name} has the name of an option that every command has`,
    });
  }
  return {
    path: [tool.name, name],
    summary: command.summary,
    options,
    examples: command.examples,
    effect: command.effect,
    run: (invocation) => runToolCommand(tool.name, name, command, options, invocation),
  };
}
