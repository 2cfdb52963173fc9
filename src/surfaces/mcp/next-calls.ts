import { parseCommandLine } from '../../runtime/command-line/parse.ts';
import { splitWords } from '../../runtime/command-line/words.ts';
import type { Catalog } from '../../runtime/catalog.ts';
import { BUILTIN_TOOLS } from '../../tools/registry.ts';

/** Command lines of a report as calls of this server; what has no call stays as a person would type it. */
export function callsOf(lines: readonly string[], catalog: Catalog): Promise<string[]> {
  return Promise.all(lines.map((line) => callOf(line, catalog).catch(() => line)));
}

async function callOf(line: string, catalog: Catalog): Promise<string> {
  const words = splitWords(line);
  if (words[0] !== 'rearguard') return line;
  const [, first = '', second, third, ...rest] = words;
  if (rest.length === 0 && !words.some((word) => word.startsWith('-'))) {
    const own = ownCall(first, second, third);
    if (own !== undefined) return own;
  }
  if (!catalog.tools.some(({ name, alias }) => name === first || alias === first)) return line;
  const { tool, command, input } = await parseCommandLine(line, catalog);
  const options = Object.keys(input).length === 0 ? {} : { options: input };
  return BUILTIN_TOOLS.some(({ name }) => name === tool)
    ? written(tool, { command, ...options })
    : written('run', { action: 'command', tool, command, ...options });
}

function ownCall(first: string, second: string | undefined, third: string | undefined): string | undefined {
  if (first === 'check' && second === undefined) return written('run', { action: 'check' });
  if (first === 'verify' && second !== undefined)
    return written('run', { action: 'verify', finding: second });
  if (first === 'run' && second !== undefined)
    return written('run', { action: 'workflow', workflow: second });
  if (first === 'findings' && third === undefined && (second === undefined || second === 'list'))
    return written('findings', {});
  if (first === 'findings' && second === 'show' && third !== undefined)
    return written('findings', { finding: third });
  if (first === 'runs' && second === 'show' && third !== undefined)
    return written('run_status', { runId: third });
  if (first === 'runs' && second === 'cancel' && third !== undefined)
    return written('run', { action: 'cancel', runId: third });
  return undefined;
}

/** A call as a model writes it. */
export function written(tool: string, args: Readonly<Record<string, unknown>>): string {
  return `${tool} ${JSON.stringify(args)}`;
}
