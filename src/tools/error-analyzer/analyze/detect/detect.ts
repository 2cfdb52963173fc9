import type { ErrorGroup } from '../model.ts';
import { findCountedChanges } from './counted-changes.ts';
import { judgeIgnored } from './ignored.ts';
import { findNewcomer } from './newcomers.ts';
import { findRegression } from './regressions.ts';
import { releaseOrder } from './releases.ts';
import { attributesByGroup } from './sightings.ts';
import type { Detection, DetectInput } from './types.ts';

/**
 * What changed within the window. A group is told under one kind, and under spiking once for each burst, newest first. Pure: the end of
 * the window is now.
 */
export function detect(input: DetectInput): Detection[] {
  const judge = judgeOf(input);
  const known: Detection[] = [];
  const tested: ErrorGroup[] = [];
  for (const group of input.window.groups) {
    if (!group.isError) continue;
    const verdict = judge(group);
    if (verdict === 'by its counts') tested.push(group);
    else if (verdict !== 'silent') known.push(verdict);
  }
  return [...known, ...findCountedChanges(tested, input)];
}

type Verdict = Detection | 'silent' | 'by its counts';

/** By what is known of a group: only what is neither new nor resolved nor ignored is judged by its counts. */
function judgeOf(input: DetectInput): (group: ErrorGroup) => Verdict {
  const { window, history, releases } = input;
  const order = releaseOrder(releases);
  const attributes = attributesByGroup(window);
  return (group) => {
    const known = history.get(group.id);
    if (known?.state === 'ignored') {
      const verdict = judgeIgnored(group, known, window.toMs);
      return verdict === 'expired' ? 'by its counts' : verdict;
    }
    if (known?.state === 'resolved') {
      const context = { releases, order, attributes: attributes.get(group.id) ?? [] };
      return findRegression(group, known, context);
    }
    return findNewcomer(group, input) ?? 'by its counts';
  };
}
