import { coverageOf, mergeAssessments } from '../../../core/assessment.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { assessLive, downNames } from '../analyze/live-findings.ts';
import { measureDependency, type DependencyMeasure } from '../analyze/measure.ts';
import { assessBeside } from '../analyze/round.ts';
import { latenciesOf } from '../collect/samples.ts';
import type { LiveAssessment } from '../../define.ts';
import type { DependencyOptions } from '../options.ts';
import type { MonitorSession } from './monitor-session.ts';

/** Everything a monitor can judge now. */
export function assessSession(
  session: MonitorSession,
  options: DependencyOptions,
  nowMs: number,
  notChecked: Coverage['notChecked'],
): LiveAssessment {
  const { selection, beside, undecided } = session;
  const live = [...session.live.values()];
  const down = downNames(live);
  const assessment = mergeAssessments([
    assessLive(live, {
      graph: selection.graph,
      causes: selection.causes,
      past: latenciesOf(beside.past),
      undecided: new Set(undecided.keys()),
    }),
    assessBeside({
      measures: newestMeasures(session),
      down,
      graph: selection.graph,
      causes: selection.causes,
      past: beside.past,
      scans: beside.scans,
      vendors: beside.vendors,
      options,
      nowMs,
    }),
  ]);
  const coverage = coverageOf(assessment);
  return {
    findings: assessment.findings,
    coverage: { ...coverage, notChecked: [...notChecked, ...coverage.notChecked] },
  };
}

/** The newest answer of each, for what an answer says about itself. */
function newestMeasures({ live, beside, selection }: MonitorSession): DependencyMeasure[] {
  const probed = [...live.values()].map(({ monitored, recent }) =>
    measureDependency(monitored, recent.slice(-1)),
  );
  const registered = selection.chosen.flatMap((monitored) => {
    const result = beside.registrations.get(monitored.name);
    return result === undefined ? [] : [measureDependency(monitored, [result])];
  });
  return [...probed, ...registered];
}
