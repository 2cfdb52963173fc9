import { type CompletionFlag, type CompletionNode, GLOBAL_FLAGS } from './tree.ts';

/** Needs nothing but bash 3.2: no bash-completion package. */
export function bashCompletion(nodes: readonly CompletionNode[]): string {
  const paths = nodes
    .filter((node) => node.words !== '')
    .map((node) => `    ${quote(node.words)}) return 0 ;;`);
  const words = nodes.map((node) => `    ${quote(node.words)}) words=${quote(wordsOf(node).join(' '))} ;;`);
  const values = flagsWithValues(nodes).map((flag) => `    ${flag.name}) ${valueAction(flag)} ;;`);
  return `# rearguard completion for bash. Load it with: source <(rearguard completion bash)
_rearguard_known() {
  case "$1" in
${paths.join('\n')}
    *) return 1 ;;
  esac
}
_rearguard() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' word words='' index
  COMPREPLY=()
  case "$previous" in
${values.join('\n')}
  esac
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    if _rearguard_known "\${path:+$path }$word"; then path="\${path:+$path }$word"; fi
  done
  case "$path" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _rearguard rearguard
`;
}

function wordsOf(node: CompletionNode): string[] {
  const names = [...node.children.map((child) => child.name), ...node.arguments];
  return [...names, ...[...node.flags, ...GLOBAL_FLAGS].map((flag) => flag.name)];
}

/** Every flag that takes a value, once; where two commands give one name different choices, both are offered. */
function flagsWithValues(nodes: readonly CompletionNode[]): CompletionFlag[] {
  const merged = new Map<string, CompletionFlag>();
  for (const flag of [...GLOBAL_FLAGS, ...nodes.flatMap((node) => node.flags)]) {
    if (!flag.takesValue) continue;
    const known = merged.get(flag.name);
    merged.set(flag.name, { ...flag, choices: [...new Set([...(known?.choices ?? []), ...flag.choices])] });
  }
  return [...merged.values()];
}

function valueAction(flag: CompletionFlag): string {
  if (flag.choices.length > 0) {
    return `COMPREPLY=($(compgen -W ${quote(flag.choices.join(' '))} -- "$current")); return`;
  }
  if (flag.completes === 'none') return 'return';
  return `COMPREPLY=($(compgen ${flag.completes === 'directory' ? '-d' : '-f'} -- "$current")); return`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
