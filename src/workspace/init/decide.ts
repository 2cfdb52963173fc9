import { writeRegions } from '../regions.ts';
import { isUntouched } from './seal.ts';
import type { WantedFile } from './wanted.ts';

/** What happens to one file. `after` is its whole text then. */
export type Decision = { path: string; does: string } & (
  | { action: 'create'; after: string }
  /** Only what is ours in it changes. */
  | { action: 'update'; before: string; after: string }
  | { action: 'keep'; why: string }
  /** It is not ours, or no longer: it stays, and this is what it lacks. */
  | { action: 'by-hand'; why: string; snippet: string }
);

/** `current` is the text that is there, byte order mark included; null: there is no such file. Throws E_WORKSPACE_MARKERS. */
export function decide(wanted: WantedFile, current: string | null): Decision {
  const { path, does } = wanted;
  const file = { path, does };
  switch (wanted.owner) {
    case 'team':
      return current === null
        ? { ...file, action: 'create', after: wanted.text }
        : { ...file, action: 'keep', why: 'the team writes it' };
    case 'rearguard':
      if (current === null) return { ...file, action: 'create', after: wanted.text };
      if (sameLines(current, wanted.text)) return { ...file, action: 'keep', why: 'up to date' };
      if (isUntouched(current)) return { ...file, action: 'update', before: current, after: wanted.text };
      return {
        ...file,
        action: 'by-hand',
        why: 'somebody wrote in it, or it is not ours; move it away and run init again for the current one',
        snippet: wanted.text,
      };
    case 'shared': {
      const after = writeRegions(current ?? '', [wanted.region], { path, append: true });
      if (current === null) return { ...file, action: 'create', after };
      return after === current
        ? { ...file, action: 'keep', why: 'up to date' }
        : { ...file, action: 'update', before: current, after };
    }
    case 'line':
      return decideLine(file, wanted, current ?? '');
    default:
      if (current === null) return { ...file, action: 'create', after: wanted.text };
      return wanted.isThere(current)
        ? { ...file, action: 'keep', why: 'it has the entry' }
        : { ...file, action: 'by-hand', why: 'the team writes it and it lacks this', snippet: wanted.text };
  }
}

function decideLine(
  file: { path: string; does: string },
  { line, same }: Extract<WantedFile, { owner: 'line' }>,
  before: string,
): Decision {
  const lines = before.split(/\r?\n/).map((text) => text.trim());
  if ([line, ...same].some((wanted) => lines.includes(wanted))) {
    return { ...file, action: 'keep', why: 'it has the line' };
  }
  const lineEnd = before.includes('\r\n') ? '\r\n' : '\n';
  const gap = before === '' || before.endsWith('\n') ? '' : lineEnd;
  return { ...file, action: 'update', before, after: `${before}${gap}${line}${lineEnd}` };
}

/** git may turn line ends when it checks out. */
function sameLines(one: string, other: string): boolean {
  return one.replaceAll('\r\n', '\n') === other;
}
