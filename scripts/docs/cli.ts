import { BUILTIN_COMMANDS } from '../../src/surfaces/cli/builtin.ts';
import { GLOBAL_OPTIONS } from '../../src/surfaces/cli/global-options.ts';
import { flagOf, type OptionSpec } from '../../src/runtime/command-line/option-spec.ts';
import { type CommandSpec } from '../../src/surfaces/cli/spec.ts';
import { toolCommandSpecs } from '../../src/surfaces/cli/tool-commands.ts';
import type { ToolDefinition } from '../../src/tools/define.ts';
import { code, GENERATED, markdownTable } from './markdown.ts';

export function cliPage(tools: readonly ToolDefinition[]): string {
  return `# Command line
${GENERATED}

\`rearguard <tool> <command> [options]\` runs a command of a tool, \`rearguard <command> [options]\` one of those below.
stdout holds the result and nothing else; progress, notes and errors go to stderr. Exit codes are in [errors.md](errors.md).

## Options of every command
${optionTable(GLOBAL_OPTIONS)}

Colours: \`--color\` and \`--no-color\`, then \`FORCE_COLOR\`, then \`NO_COLOR\`, then whether stdout is a terminal (\`TERM=dumb\` is none).
\`REARGUARD_MODE\` (\`human\`, \`ci\` or \`agent\`), or else \`AI_AGENT\`, \`AGENT\` and \`CI\`, change how things are shown, never what is done or the exit code.

# Commands
${BUILTIN_COMMANDS.map(commandPart).join('')}
# Tools
${tools.map(toolPart).join('')}`;
}

function toolPart(tool: ToolDefinition): string {
  return `
## ${tool.name} (${tool.alias})
${tool.summary}. When: ${tool.whenToUse.replace(/\.$/, '')}.
${toolCommandSpecs(tool).map(commandPart).join('')}`;
}

function commandPart(spec: CommandSpec): string {
  const words = [
    'rearguard',
    ...spec.path,
    ...spec.options.filter((option) => option.positional).map(argumentOf),
  ];
  const options = spec.options.length > 0 ? `\n${optionTable(spec.options)}\n` : '';
  const examples = spec.examples.map((example) => `- ${code(example.line)}: ${example.does}`).join('\n');
  const alone = spec.isDefault === true ? ` Also ${code(`rearguard ${spec.path[0] ?? ''}`)} alone.` : '';
  const effect = { read: 'Reads only.', traffic: 'Makes requests.', write: 'Changes something of yours.' };
  return `
### ${code(words.join(' '))}
${capitalised(spec.summary.replace(/\.$/, ''))}. ${spec.effect === undefined ? '' : effect[spec.effect]}${alone}
${options}
${examples}
`;
}

function argumentOf(option: OptionSpec): string {
  return option.required ? `<${option.placeholder}>` : `[${option.placeholder}]`;
}

function optionTable(options: readonly OptionSpec[]): string {
  const rows = options.map((option) => [code(usageOf(option)), option.description, notesOf(option)]);
  return markdownTable(['Option', 'Meaning', 'Values'], rows);
}

function usageOf(option: OptionSpec): string {
  if (option.positional) return argumentOf(option);
  if (option.kind === 'boolean') return flagOf(option);
  return option.valueOptional
    ? `${flagOf(option)} [${option.placeholder}]`
    : `${flagOf(option)} <${option.placeholder}>`;
}

function notesOf(option: OptionSpec): string {
  const notes = [
    option.required ? 'required' : '',
    option.choices ? option.choices.join(', ') : '',
    option.kind === 'list' ? 'several: with commas, or the option again' : '',
    option.defaultText === undefined ? '' : `default ${option.defaultText}`,
  ];
  return notes.filter((note) => note !== '').join('; ');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
