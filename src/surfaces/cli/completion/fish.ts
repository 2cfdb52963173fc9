import { type CompletionFlag, type CompletionNode, GLOBAL_FLAGS } from './tree.ts';

export function fishCompletion(nodes: readonly CompletionNode[]): string {
  const known = nodes.filter((node) => node.words !== '').map((node) => quote(node.words));
  const lines = [
    '# rearguard completion for fish. Save it as ~/.config/fish/completions/rearguard.fish',
    `set -g __rearguard_known ${known.join(' ')}`,
    'function __rearguard_at',
    "    set -l trail ''",
    '    for word in (commandline -opc)[2..]',
    '        set -l longer (string trim -- "$trail $word")',
    '        if contains -- $longer $__rearguard_known',
    '            set trail $longer',
    '        end',
    '    end',
    '    test "$trail" = "$argv[1]"',
    'end',
    'complete -c rearguard -f',
    ...GLOBAL_FLAGS.map((flag) => flagLine(flag, undefined)),
  ];
  for (const node of nodes) {
    const at = `-n ${quote(`__rearguard_at ${quote(node.words)}`)}`;
    for (const child of node.children) {
      lines.push(`complete -c rearguard ${at} -a ${quote(child.name)} -d ${quote(child.summary)}`);
    }
    if (node.arguments.length > 0)
      lines.push(`complete -c rearguard ${at} -a ${quote(node.arguments.join(' '))}`);
    for (const flag of node.flags) lines.push(flagLine(flag, at));
  }
  return `${lines.join('\n')}\n`;
}

function flagLine(flag: CompletionFlag, at: string | undefined): string {
  const parts = [
    'complete -c rearguard',
    at,
    `-l ${flag.name.replace(/^--/, '')}`,
    `-d ${quote(flag.description)}`,
  ];
  if (flag.takesValue && flag.choices.length > 0) parts.push(`-x -a ${quote(flag.choices.join(' '))}`);
  else if (flag.completes === 'file') parts.push('-r -F');
  else if (flag.completes === 'directory') parts.push("-x -a '(__fish_complete_directories)'");
  else if (flag.takesValue) parts.push('-x');
  return parts.filter((part) => part !== undefined).join(' ');
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
