import { fenced } from '../../core/markdown.ts';
import { capText, oneLine } from '../../core/text.ts';
import type { ProjectFacts } from '../../project/facts.ts';

const MAX_NAME = 60;

/** Folders of the project's own code as a tree, with what each is for where its name says it. */
export function structureBody({ structure }: ProjectFacts, folders: number): string {
  if (structure.length === 0) return 'No folder with code of its own was found.';
  const shown = structure.slice(0, folders).map(({ path, purpose }) => {
    const depth = path.split('/').length - 1;
    const name = `${'  '.repeat(Math.min(depth, 4))}${capText(oneLine(nameIn(path, depth)), MAX_NAME)}/`;
    return purpose === null ? name : `${name.padEnd(28)} # ${capText(oneLine(purpose), MAX_NAME)}`;
  });
  const left = structure.length - shown.length;
  return fenced([...shown, ...(left > 0 ? [`… ${left} more folders`] : [])].join('\n'));
}

function nameIn(path: string, depth: number): string {
  return depth === 0 ? path : path.slice(path.lastIndexOf('/') + 1);
}
