import { mergeAssessments } from '../../../core/assessment.ts';
import type { Coverage } from '../../../core/coverage.ts';
import type { BackendEvent } from '../../../core/event.ts';
import { unreachedGap } from '../../_shared/database/open-databases.ts';
import type { ReportDraft } from '../../define.ts';
import { assessExhausted } from '../analyze/connections.ts';
import { trackerCoverage } from '../analyze/coverage.ts';
import { insightsOf } from '../insights.ts';
import {
  headline,
  incidentData,
  type IncidentScene,
  incidentSections,
  type Standing,
} from './incident-view.ts';

/** What an incident leaves behind: the last look at each database. */
export function incidentReport(
  scenes: readonly IncidentScene[],
  events: readonly BackendEvent[],
  standing: Standing,
  notServed: Coverage['notChecked'],
): ReportDraft {
  const reached = scenes.flatMap(({ look }) => look ?? []);
  const unreached = scenes.flatMap(({ target, look, failure }) =>
    look !== null || failure === null ? [] : [{ target, error: failure.error }],
  );
  const gaps = unreached.map(({ target, error }) => unreachedGap({ name: target }, error));
  const assessment = mergeAssessments([
    ...reached.map((state) => state.assess()),
    ...unreached
      .filter(({ error }) => error.code === 'E_NO_CONNECTION_LEFT')
      .map(({ target }) => assessExhausted(target)),
  ]);
  const { findings } = assessment;
  const coverage = trackerCoverage(assessment);
  const sees = reached.some(({ facts }) => facts.activity.known);
  return {
    // Without the sessions a look is none, whatever else could be read.
    ...(sees || findings.length > 0 ? {} : { status: 'unknown' as const }),
    summary: scenes.map((scene) => headline(scene, standing)).join(' ') || 'Nothing was looked at.',
    findings,
    coverage: {
      ...coverage,
      notChecked: [...notServed, ...gaps.map(({ gap }) => gap), ...coverage.notChecked],
    },
    insights: insightsOf(findings),
    sections: incidentSections(scenes, events, standing),
    data: { databases: scenes.map((scene) => incidentData(scene, events, standing)) },
    diagnostics: [...gaps.map(({ diagnostic }) => diagnostic), ...reached.flatMap(({ advice }) => advice)],
    next: ['rearguard db current-state'],
  };
}
