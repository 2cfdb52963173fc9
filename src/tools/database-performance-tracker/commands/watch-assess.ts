import { type Assessment, emptyAssessment, mergeAssessments } from '../../../core/assessment.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { unreachedGap } from '../../_shared/database/open-databases.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import { gapsNotChecked } from '../../_shared/live/gaps.ts';
import type { LiveAssessment, LiveView } from '../../define.ts';
import { assessExhausted } from '../analyze/connections.ts';
import { trackerCoverage } from '../analyze/coverage.ts';
import type { WatchedDatabase, WatchSession } from './watch-session.ts';

/** What the newest look at one database says; one that cannot be looked at ends nothing. */
export function assessDatabase({ kept, state }: WatchedDatabase): Assessment {
  const { failure, target } = kept;
  if (failure === null) return state?.assess() ?? emptyAssessment();
  const { gap } = unreachedGap(target, failure.error);
  const exhausted = failure.error.code === 'E_NO_CONNECTION_LEFT' ? [assessExhausted(target.name)] : [];
  return mergeAssessments([...exhausted, { ...emptyAssessment(), notChecked: [gap] }]);
}

export function assessWatch(session: WatchSession): LiveAssessment {
  const assessment = mergeAssessments(session.databases.map(assessDatabase));
  const { checked, notChecked } = trackerCoverage(assessment);
  return {
    findings: assessment.findings,
    coverage: { checked, notChecked: [...session.notServed, ...notChecked] },
  };
}

/** Findings that began and ended with this look, a line each; what could not be judged stays as it was. */
export function changesOf(
  watched: WatchedDatabase,
  assessment: Assessment,
  atMs: number,
): LiveView['changes'] {
  const { name } = watched.kept.target;
  const now = new Map(assessment.findings.map(({ rule, title }) => [rule, title]));
  const judged = new Set(assessment.checked.map(({ rule }) => rule.id));
  const began = assessment.findings.filter(({ rule }) => !watched.standing.has(rule));
  const ended = [...watched.standing].filter(([rule]) => judged.has(rule) && !now.has(rule));
  for (const [rule] of ended) watched.standing.delete(rule);
  for (const [rule, title] of now) watched.standing.set(rule, title);
  return [
    ...began.map(({ rule, severity, title }) => ({
      atMs,
      text: `${name}: ${title} (${severity})`,
      data: { kind: 'began', target: name, rule, severity, title },
    })),
    ...ended.map(([rule, title]) => ({
      atMs,
      text: `${name}: over: ${title}`,
      data: { kind: 'ended', target: name, rule, title },
    })),
  ];
}

/** Spans in which a database, or we, could not look. */
export function outagesNotChecked({ databases, gaps }: WatchSession): Coverage['notChecked'] {
  return [
    ...databases.flatMap(({ kept, outages }) =>
      outages.map(({ fromMs, toMs, reason }) => ({
        subject: databaseSubject(kept.target.name),
        reason: `not seen from ${new Date(fromMs).toISOString()} to ${toMs === null ? 'the end' : new Date(toMs).toISOString()}: ${reason}`,
      })),
    ),
    ...gapsNotChecked(gaps),
  ];
}
