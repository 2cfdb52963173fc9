import { type CompletionNode, GLOBAL_FLAGS } from './tree.ts';

export function powershellCompletion(nodes: readonly CompletionNode[]): string {
  const tree = nodes.map((node) => {
    const names = [...node.children.map((child) => child.name), ...node.arguments];
    const flags = [...node.flags, ...GLOBAL_FLAGS].map((flag) => flag.name);
    return `    ${quote(node.words)} = @(${[...names, ...flags].map(quote).join(', ')})`;
  });
  const choices = new Map<string, string>();
  for (const flag of [...GLOBAL_FLAGS, ...nodes.flatMap((node) => node.flags)]) {
    if (flag.choices.length > 0) choices.set(flag.name, flag.choices.map(quote).join(', '));
  }
  const values = [...choices].map(([name, list]) => `    ${quote(name)} = @(${list})`);
  return `# rearguard completion for PowerShell. Load it with: rearguard completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName rearguard -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $tree = @{
${tree.join('\n')}
  }
  $values = @{
${values.join('\n')}
  }
  $typed = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  $trail = ''
  foreach ($word in ($typed | Select-Object -Skip 1)) {
    $longer = "$trail $word".Trim()
    if ($tree.ContainsKey($longer)) { $trail = $longer }
  }
  $last = if ($typed.Count -gt 1) { $typed[-1] } else { '' }
  $candidates = if ($values.ContainsKey($last)) { $values[$last] } else { $tree[$trail] }
  $candidates | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
