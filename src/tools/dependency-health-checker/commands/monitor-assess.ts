import { coverageOf, mergeAssessments } from '../../../core/assessment.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { assessLive, downNames } from '../analyze/live-findings.ts';
import { measureDependency, type DependencyMeasure } from '../analyze/measure.ts';
import { refusedNames } from '../analyze/certificates.ts';
import { assessBeside, assessScans } from '../analyze/round.ts';
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
  const { graph } = selection;
  const certificates = assessScans({ scans: [...beside.scans.values()], graph, options, nowMs });
  const assessment = mergeAssessments([
    assessLive(live, {
      graph,
      causes: selection.causes,
      past: beside.past,
      undecided: new Set([...undecided.keys(), ...beside.looking.keys()]),
      refused: refusedNames(certificates),
    }),
    certificates,
    assessBeside({
      measures: newestMeasures(session),
      down,
      graph,
      causes: selection.causes,
      past: beside.past,
      scans: [...beside.scans.values()],
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
