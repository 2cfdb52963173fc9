import type { ErrorGroup } from '../model.ts';
import { judgeIgnored } from './ignored.ts';
import { findNewcomer } from './newcomers.ts';
import { findRegression } from './regressions.ts';
import { releaseOrder } from './releases.ts';
import { attributesByGroup } from './sightings.ts';
import type { Detection, DetectInput } from './types.ts';

/**
 * What changed within the window: each group under the strongest word that fits, never under two for the same time. Pure: the end of
 * the window is now.
 */
export function detect(input: DetectInput): Detection[] {
  const judge = judgeOf(input);
  return input.window.groups.flatMap((group) => {
    const verdict = judge(group);
    return verdict === 'silent' || verdict === 'test' ? [] : [verdict];
  });
}

/** What is known of a group without counting; 'test': only its counts can tell. */
type Verdict = Detection | 'silent' | 'test';

function judgeOf(input: DetectInput): (group: ErrorGroup) => Verdict {
  const { window, history, releases } = input;
  const order = releaseOrder(releases);
  const attributes = attributesByGroup(window);
  return (group) => {
    if (!group.isError) return 'silent';
    const known = history.get(group.id);
    if (known?.state === 'ignored') {
      const verdict = judgeIgnored(group, known, window.toMs);
      return verdict === 'expired' ? 'test' : verdict;
    }
    if (known?.state === 'resolved') {
      return findRegression(group, known, { releases, order, attributes: attributes.get(group.id) ?? [] });
    }
    return findNewcomer(group, input) ?? 'test';
  };
}
