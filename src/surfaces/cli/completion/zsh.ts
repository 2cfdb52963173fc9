import { type CompletionFlag, type CompletionNode, GLOBAL_FLAGS } from './tree.ts';

export function zshCompletion(nodes: readonly CompletionNode[]): string {
  const known = nodes.filter((node) => node.words !== '').map((node) => quote(node.words));
  const cases = nodes.map((node) => {
    const children = node.children.map((child) => quote(`${escapeColon(child.name)}:${child.summary}`));
    const flags = [...node.flags, ...GLOBAL_FLAGS].map((flag) => quote(argumentSpec(flag)));
    const lines = [`    ${quote(node.words)})`];
    if (children.length > 0) lines.push(`      commands=(${children.join(' ')})`);
    if (node.arguments.length > 0) lines.push(`      commands=(${node.arguments.map(quote).join(' ')})`);
    return [...lines, `      flags=(${flags.join(' ')}) ;;`].join('\n');
  });
  return `#compdef rearguard
# rearguard completion for zsh. Load it with: source <(rearguard completion zsh)
_rearguard() {
  local -a known commands flags
  local trail='' word index
  known=(${known.join(' ')})
  for ((index = 2; index < CURRENT; index++)); do
    word="\${words[index]}"
    if (( \${known[(Ie)\${trail:+$trail }$word]} )); then trail="\${trail:+$trail }$word"; fi
  done
  case "$trail" in
${cases.join('\n')}
  esac
  _arguments -s "\${flags[@]}" '*::rearguard command:{ (( \${#commands} )) && _describe command commands }'
}
compdef _rearguard rearguard
`;
}

function argumentSpec(flag: CompletionFlag): string {
  const text = flag.description.replaceAll(/[[\]]/g, '').replaceAll(':', ' -');
  if (!flag.takesValue) return `${flag.name}[${text}]`;
  const action =
    flag.choices.length > 0
      ? `(${flag.choices.join(' ')})`
      : { file: '_files', directory: '_files -/', none: ' ' }[flag.completes];
  return `*${flag.name}=[${text}]:${flag.name.replace(/^--/, '')}:${action}`;
}

function escapeColon(text: string): string {
  return text.replaceAll(':', String.raw`\:`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
