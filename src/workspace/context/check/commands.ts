import { codeSpans } from '../../../core/markdown.ts';
import { didYouMean } from '../../../core/suggest.ts';
import type { DocumentLine } from '../../regions.ts';
import type { Mismatch } from './mismatch.ts';

/** What command lines may name. */
export interface KnownCommands {
  /** Words of the commands of no tool: `['findings', 'list']`. */
  own: readonly (readonly string[])[];
  /** Tools by name and alias; `commands` is null for one that is yet to come. */
  tools: readonly { name: string; alias: string; commands: readonly string[] | null }[];
  /** Launchers that are there: `tools/api-health-monitor.js`. */
  launchers: readonly string[];
}

/** Command lines of the document whose tool, command or launcher does not exist. */
export function commandMismatches(lines: readonly DocumentLine[], known: KnownCommands): Mismatch[] {
  return lines.flatMap(({ line, content, isCode }) =>
    linesIn(content, isCode).flatMap((command) => {
      const wrong = wrongWith(command.split(/\s+/), known);
      return wrong === null ? [] : [{ line, kind: 'command' as const, ...wrong }];
    }),
  );
}

const COMMAND = /^(?:\$ )?((?:npx )?rearguard(?= )|node tools\/|python3? tools\/)/;

/** In code: `rearguard findings list`, `node tools/load-tester.js quick-test`. */
function linesIn(content: string, isCode: boolean): string[] {
  const spans = isCode ? [content.trim()] : codeSpans(content).map((span) => span.content.trim());
  return spans
    .filter((span) => COMMAND.test(span))
    .map((span) => span.replace(/^\$ /, '').replace(/^npx /, ''));
}

type Wrong = Pick<Mismatch, 'message' | 'hint'>;

function wrongWith(words: readonly string[], known: KnownCommands): Wrong | null {
  const [program = '', first, second] = words;
  if (program === 'rearguard') {
    if (first === undefined || !isWord(first)) return null;
    if (known.own.some(([word]) => word === first)) return wrongChild(first, second, known);
    return wrongTool(first, second, known);
  }
  const launcher = first ?? '';
  if (!known.launchers.includes(launcher)) {
    const hint = '`rearguard init` writes the launchers of all tools there are.';
    return { message: `there is no launcher ${launcher}`, hint };
  }
  return wrongTool(launcher.replace(/^tools\//, '').replace(/\.\w+$/, ''), second, known);
}

function wrongChild(group: string, word: string | undefined, { own }: KnownCommands): Wrong | null {
  const children = own
    .filter(([first, child]) => first === group && child !== undefined)
    .map(([, child = '']) => child);
  const takesValue = own.some((path) => path.length === 1 && path[0] === group);
  if (takesValue || word === undefined || !isWord(word) || children.includes(word)) return null;
  return {
    message: `\`rearguard ${group}\` has no command ${word}.${didYouMean(word, children)}`,
    hint: `\`rearguard ${group} --help\` lists them.`,
  };
}

function wrongTool(name: string, command: string | undefined, { own, tools }: KnownCommands): Wrong | null {
  const tool = tools.find((candidate) => candidate.name === name || candidate.alias === name);
  if (tool === undefined) {
    const names = [
      ...tools.flatMap((candidate) => [candidate.name, candidate.alias]),
      ...own.map(([word = '']) => word),
    ];
    return {
      message: `there is no tool or command ${name}.${didYouMean(name, names)}`,
      hint: '`rearguard tools` lists the tools.',
    };
  }
  const { commands } = tool;
  if (commands === null || command === undefined || !isWord(command) || commands.includes(command))
    return null;
  return {
    message: `${tool.name} has no command ${command}.${didYouMean(command, commands)}`,
    hint: `\`rearguard ${tool.alias} --help\` lists them.`,
  };
}

/** No option, placeholder or quoted text. */
function isWord(text: string): boolean {
  return /^[a-z][a-z0-9-]*$/.test(text);
}
