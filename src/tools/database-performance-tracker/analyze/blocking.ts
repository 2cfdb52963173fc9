import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { Evidence } from '../../../core/finding.ts';
import type { LockNode } from '../../_shared/database/locks.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { TrackerOptions } from '../options.ts';
import { RULES } from '../rules.ts';
import { notRead } from './coverage.ts';
import type { LiveFacts } from './facts.ts';
import { liveCheck, trackerFinding } from './finding.ts';
import { amplifiersOf, holderName, leastHarm, longestWaitBelow } from './lock-forest.ts';

/** One finding a database: its evidence names the root with most victims, and how many others there are. */
export function assessBlocking(
  { target, dialect, forest }: LiveFacts,
  { blocking }: TrackerOptions,
): Assessment {
  const rule = RULES.blockingChain;
  const subject = databaseSubject(target);
  if (!forest.known) return { ...emptyAssessment(), notChecked: [notRead(forest, subject, [rule])] };
  const assessment: Assessment = { ...emptyAssessment(), checked: [{ subject, rule }] };
  const roots = forest.value.roots.filter((root) => (longestWaitBelow(root) ?? 0) >= blocking.wait);
  const [root] = roots;
  if (root === undefined) return assessment;
  const { steps, statement } = leastHarm(root, dialect);
  const waitMs = longestWaitBelow(root) ?? 0;
  assessment.findings.push(
    trackerFinding(rule, subject, {
      title: `${holderName(root)} holds up ${counted(root.victimCount, 'other session')}`,
      severity: root.victimCount >= blocking.criticalVictims ? 'critical' : 'high',
      confidence: 'proven',
      evidence: [
        ...rootEvidence(root),
        { label: 'sessions that wait', value: root.victimCount },
        { label: 'longest wait', value: formatDuration(waitMs) },
        ...amplifierEvidence(root),
        ...(roots.length > 1 ? [{ label: 'other chains', value: roots.length - 1 }] : []),
      ],
      impact: {
        summary: `${counted(root.victimCount, 'session')} can do nothing until it ends.`,
        basis: 'measured',
        value: root.victimCount,
        unit: 'sessions',
      },
      steps,
      patch: statement,
      check: liveCheck(target),
    }),
  );
  return assessment;
}

function rootEvidence(root: LockNode): Evidence[] {
  return [
    {
      label: 'root',
      value: `${holderName(root)}${root.user === null ? '' : ` as ${root.user}`}, ${root.state ?? 'prepared'}`,
      ...(root.text === null ? {} : { sample: root.text }),
    },
    ...(root.transactionMs === null
      ? []
      : [{ label: 'transaction open for', value: formatDuration(root.transactionMs) }]),
    ...root.victims.slice(0, 1).flatMap(({ wait }) =>
      wait === null
        ? []
        : [
            {
              label: 'lock waited for',
              value: [wait.mode, wait.object === null ? wait.lockType : `on ${wait.object}`].join(' '),
            },
          ],
    ),
  ];
}

function amplifierEvidence(root: LockNode): Evidence[] {
  return amplifiersOf(root)
    .slice(0, 1)
    .map((amplifier) => ({
      label: 'makes others queue',
      value: `${holderName(amplifier)}, ${counted(amplifier.victimCount, 'session')} behind it`,
      ...(amplifier.text === null ? {} : { sample: amplifier.text }),
    }));
}
