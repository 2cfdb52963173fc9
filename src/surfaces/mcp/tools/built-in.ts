import { z } from 'zod';
import { RearguardError } from '../../../core/errors.ts';
import { flagOf, type OptionSpec } from '../../../runtime/command-line/option-spec.ts';
import { optionSpecs } from '../../../runtime/command-line/options.ts';
import { commandLine } from '../../../output/command-line.ts';
import type { AnyCommand, ToolDefinition } from '../../../tools/define.ts';
import type { ToolEntry } from '../../../tools/registry.ts';
import { type AnyMcpTool, type Call, mcpTool } from '../call.ts';
import { DEFAULT_TIMEOUT_S, runLive } from '../live-call.ts';

const MAX_TIMEOUT_S = 86_400;

export const optionsSchema = z
  .record(z.string(), z.unknown())
  .describe('as in rearguard://tools/<tool>/<command>');
export const timeoutSchema = z
  .int()
  .min(1)
  .max(MAX_TIMEOUT_S)
  .describe(`ends it; default ${DEFAULT_TIMEOUT_S}`);

/** One tool of Rearguard as one tool of the server: its commands are an argument, and the list stays short however many there are. It is listed without being loaded. */
export function builtInTool(tool: ToolEntry): AnyMcpTool {
  const names = tool.commands.map(({ name }) => name);
  const input = z.object({
    command: z.enum(names as [string, ...string[]]).describe('which command'),
    options: optionsSchema.optional(),
    timeoutSeconds: timeoutSchema.optional(),
  });
  const makesTraffic = tool.commands.some(({ effect }) => effect === 'traffic');
  return mcpTool({
    name: tool.name,
    description: `${tool.summary}. ${makesTraffic ? 'Some commands make requests.' : 'Reads only.'}`,
    input,
    annotations: {
      // Requests of a probe are felt by a backend, if little: a client may want to ask before it lets them through.
      readOnlyHint: !makesTraffic,
      destructiveHint: false,
      idempotentHint: !makesTraffic,
      openWorldHint: true,
    },
    run: ({ command, options = {}, timeoutSeconds }, call) =>
      runToolCommand(call, { tool: tool.name, command, options, timeoutSeconds }),
  });
}

export interface ToolCall {
  tool: string;
  command: string;
  options: Record<string, unknown>;
  timeoutSeconds: number | undefined;
}

/** Checks the call before a process is made for it, so that mistakes are told at once. */
export async function runToolCommand(call: Call, { tool, command, options, timeoutSeconds }: ToolCall) {
  const definition = await call.runtime.catalog.find(tool).load();
  const found = commandOf(definition, command);
  const specs = optionSpecs(found.input);
  assertInput(definition.name, command, found, options);
  if (found.effect === 'write' && !call.allowWrite) {
    throw refusedWrite(commandLine(['rearguard', definition.name, command, ...flagsOf(specs, options)]));
  }
  return runLive(call, {
    kind: 'tool',
    tool: definition.name,
    command,
    input: options,
    timeoutMs: (timeoutSeconds ?? DEFAULT_TIMEOUT_S) * 1_000,
  });
}

export function refusedWrite(line: string): RearguardError {
  return new RearguardError('E_CONFIRMATION', {
    message: 'This changes something, and the server was started without --allow-write.',
    hint: `Ask the user to run it: ${line}`,
  });
}

function commandOf(tool: ToolDefinition, name: string): AnyCommand {
  const command = Object.hasOwn(tool.commands, name) ? tool.commands[name] : undefined;
  if (command !== undefined) return command;
  throw new RearguardError('E_USAGE', {
    message: `${tool.name} has no command ${JSON.stringify(name)}.`,
    hint: `It has ${Object.keys(tool.commands).join(', ')}.`,
  });
}

function assertInput(
  tool: string,
  name: string,
  command: AnyCommand,
  options: Record<string, unknown>,
): void {
  const checked = command.input.strict().safeParse(options);
  if (checked.success) return;
  const known = optionSpecs(command.input).map(({ field }) => field);
  const message = checked.error.issues
    .map((issue) => [issue.path.join('.'), issue.message].filter((part) => part !== '').join(': '))
    .join('; ');
  throw new RearguardError('E_USAGE', {
    message: `options of ${tool} ${name}: ${message}`,
    hint: `It takes ${known.join(', ') || 'no options'}; rearguard://tools/${tool}/${name} says how.`,
  });
}

/** The options as one types them. */
function flagsOf(specs: readonly OptionSpec[], options: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(options).flatMap(([field, value]) => {
    const spec = specs.find((candidate) => candidate.field === field);
    if (spec === undefined) return [];
    const text = Array.isArray(value) ? value.join(',') : String(value);
    if (spec.positional) return [text];
    if (spec.kind !== 'boolean') return [`${flagOf(spec)}=${text}`];
    return value === !spec.onByDefault ? [flagOf(spec)] : [];
  });
}
