import type { Repository } from '../repository.ts';
import { type Span, splitArguments, textOf } from '../scan/calls.ts';
import { resolveModule } from './modules.ts';
import type { RouterFile } from './router-file.ts';

/** How far before a mount its loop may begin. */
const MAX_LOOP_LENGTH = 400;

/**
 * The list whose routers a loop mounts one by one: `for (const one of routers) app.use(one)`, `routers.forEach((one) => app.use(one))`. null
 * where the mount stands in no loop; no elements where the list is made when the program runs.
 */
export function listOf(
  repository: Repository,
  files: ReadonlyMap<string, RouterFile>,
  file: RouterFile,
  target: Span,
): { file: RouterFile; elements: readonly Span[] } | null {
  const name = /^[\w$]+(?=$|\.routes\b)/.exec(textOf(file.source, target))?.[0];
  if (name === undefined) return null;
  const before = file.source.mask.slice(Math.max(0, target.from - MAX_LOOP_LENGTH), target.from);
  const head = new RegExp(
    String.raw`\bfor\s*\(\s*(?:const|let|var)\s+${escaped(name)}\s+of\s+([^\n]{0,100}?)\)(?=\s*(?:\{|[\w$]))|([\w$.)\]]+)\s*\.\s*forEach\s*\(\s*(?:function\s*)?\(?\s*${escaped(name)}\s*[,)=]`,
    'g',
  );
  const loop = [...before.matchAll(head)].at(-1);
  if (loop === undefined || hasEnded(before.slice(loop.index + loop[0].length))) return null;
  const list = loop[1] ?? loop[2] ?? '';
  const imported = file.links.imports.get(list);
  const path =
    imported === undefined ? null : resolveModule(repository, file.source.path, imported.specifier);
  const home = imported === undefined ? file : path === null ? undefined : files.get(path);
  const local = imported === undefined ? list : (home?.links.exports.get(imported.name) ?? imported.name);
  if (home === undefined || !/^[\w$]+$/.test(local)) return { file, elements: [] };
  const written = new RegExp(String.raw`\b(?:const|let|var)\s+${escaped(local)}\s*(?::[^=\n]+)?=\s*\[`).exec(
    home.source.mask,
  );
  if (written === null) return { file, elements: [] };
  return { file: home, elements: splitArguments(home.source, written.index + written[0].length - 1) };
}

/** Whether the body of a loop is over in the text behind its head. */
function hasEnded(text: string): boolean {
  let depth = 0;
  let hasBlock = false;
  for (const char of text) {
    if (char === '{') depth += 1;
    if (char === '{') hasBlock = true;
    if (char === '}') depth -= 1;
    if (hasBlock ? depth <= 0 : char === ';') return true;
  }
  return false;
}

function escaped(name: string): string {
  return name.replaceAll('$', String.raw`\$`);
}
