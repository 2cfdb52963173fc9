import { closingBracket, splitArguments, textOf } from '../scan/calls.ts';
import { pythonText, scanPython } from '../scan/python.ts';
import type { Source } from '../scan/source.ts';
import type { PackageReader } from './package.ts';
import { readRequirements } from './python.ts';

/** `setup.py` as setuptools reads it, without running it: lists that are written out; what a variable or a file holds is not told. */
export const readSetupPy: PackageReader = (text) =>
  readRequirements(requirementsIn(scanPython('setup.py', text)).join('\n'));

/** The name in `setup(name='…')`. */
export function nameInSetupPy(text: string): string | undefined {
  const source = scanPython('setup.py', text);
  const call = /(?<![\w.])(?:setuptools\s*\.\s*)?setup\s*\(/.exec(source.mask);
  if (call === null) return undefined;
  return splitArguments(source, call.index + call[0].length - 1).flatMap((part) => {
    const written = /^name\s*=\s*([\s\S]+)$/.exec(textOf(source, part))?.[1];
    return (written === undefined ? null : pythonText(written, () => null)) ?? [];
  })[0];
}

function requirementsIn(source: Source): string[] {
  return [...source.mask.matchAll(/\b(?:install_requires|extras_require)["']?\s*[=:]\s*(?=[[{])/g)].flatMap(
    (match) => listsFrom(source, match.index + match[0].length),
  );
}

/** The texts of a list, or of all lists in a mapping of extras. */
function listsFrom(source: Source, open: number): string[] {
  const end = closingBracket(source, open);
  const lists =
    source.mask[open] === '['
      ? [open]
      : [...source.mask.slice(open, end).matchAll(/\[/g)].map(({ index }) => open + index);
  return lists.flatMap((from) =>
    splitArguments(source, from).flatMap((part) => pythonText(textOf(source, part), () => null) ?? []),
  );
}
