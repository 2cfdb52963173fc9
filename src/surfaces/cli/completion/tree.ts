import { GLOBAL_OPTIONS } from '../global-options.ts';
import { flagOf, type OptionSpec } from '../../../runtime/command-line/option-spec.ts';
import { type CommandSpec } from '../spec.ts';

/** What the shells need: for every sequence of command words, the words and flags that may follow. */
export interface CompletionNode {
  /** `findings list`; empty for the root. */
  words: string;
  children: { name: string; summary: string }[];
  flags: CompletionFlag[];
  /** Choices of the first positional argument, where they are known. */
  arguments: readonly string[];
}

export interface CompletionFlag {
  name: string;
  description: string;
  takesValue: boolean;
  choices: readonly string[];
  completes: 'file' | 'directory' | 'none';
}

export interface CompletionTool {
  name: string;
  alias: string;
  summary: string;
  commands: readonly CommandSpec[];
}

export const GLOBAL_FLAGS: readonly CompletionFlag[] = [
  ...GLOBAL_OPTIONS.map(toFlag),
  switchFlag('--color', 'colours even where nobody looks'),
  switchFlag('--no-color', 'no colours'),
  switchFlag('--help', 'show help'),
];

export function completionNodes(
  tools: readonly CompletionTool[],
  commands: readonly CommandSpec[],
  groups: Readonly<Record<string, string>>,
): CompletionNode[] {
  const root: CompletionNode = {
    words: '',
    children: [],
    flags: [switchFlag('--version', 'print the version')],
    arguments: [],
  };
  const nodes = [root];
  for (const tool of tools) {
    for (const name of [tool.name, tool.alias]) {
      root.children.push({ name, summary: tool.summary });
      const node: CompletionNode = { words: name, children: [], flags: [], arguments: [] };
      nodes.push(node);
      for (const spec of tool.commands) addLeaf(nodes, node, spec.path[1] ?? '', spec);
    }
  }
  for (const spec of commands) {
    const [first = '', second] = spec.path;
    if (second === undefined) {
      addLeaf(nodes, root, first, spec);
      continue;
    }
    let group = nodes.find((node) => node.words === first);
    if (!group) {
      group = { words: first, children: [], flags: [], arguments: [] };
      nodes.push(group);
      root.children.push({ name: first, summary: groups[first] ?? '' });
    }
    addLeaf(nodes, group, second, spec);
  }
  return nodes;
}

function addLeaf(nodes: CompletionNode[], parent: CompletionNode, name: string, spec: CommandSpec): void {
  parent.children.push({ name, summary: spec.summary });
  nodes.push({
    words: parent.words === '' ? name : `${parent.words} ${name}`,
    children: [],
    flags: spec.options.filter((option) => !option.positional).map(toFlag),
    arguments: spec.options.find((option) => option.positional)?.choices ?? [],
  });
}

function toFlag(option: OptionSpec): CompletionFlag {
  return {
    name: flagOf(option),
    description: option.description,
    takesValue: option.kind !== 'boolean',
    choices: option.choices ?? [],
    completes: option.completes ?? 'none',
  };
}

function switchFlag(name: string, description: string): CompletionFlag {
  return { name, description, takesValue: false, choices: [], completes: 'none' };
}
