import { counted } from '../../../core/counted.ts';
import { sliceFigures } from '../analyze/figures.ts';
import type { LoadRecord, LoadSlice } from '../record.ts';
import { RULES } from '../rules.ts';
import type { MadePlan } from '../scenario/plan-request.ts';
import type { ReportDraft } from '../../define.ts';
import { endpointTable, failureBlocks } from './blocks.ts';
import { type LoadData, phaseData } from './data.ts';
import { steadyPart } from '../analyze/steady.ts';

/** What one request at a time is like; null when nothing was answered. */
export function calmFigures(record: LoadRecord): LoadSlice | null {
  return sliceFigures(record.total).whole.ended === 0 ? null : record.total;
}

/** Whether load would only repeat a failure: requests were made, one at a time, and none of them succeeded. */
export function nothingWorks({ total }: LoadRecord): boolean {
  return sliceFigures(total).whole.succeeded === 0;
}

/** Instead of load on something that does not even answer one request. */
export function calmReport(made: MadePlan, record: LoadRecord): ReportDraft {
  const { whole } = sliceFigures(record.total);
  const target = made.target.name;
  const kinds = Object.entries(whole.failures).map(([kind, count]) => `${count ?? 0} ${kind}`);
  const said =
    whole.ended === 0
      ? 'Nothing was answered one request at a time'
      : `None of ${counted(whole.ended, 'request')} succeeded one at a time (${kinds.join(', ')})`;
  const data: LoadData = {
    target,
    source: made.source,
    phases: [phaseData('one at a time', record, steadyPart(record.slices))],
    fitness: null,
    thresholds: [],
  };
  return {
    status: 'unknown',
    summary: `${said}, so no load was made on ${target}.`,
    findings: [],
    coverage: {
      checked: [],
      notChecked: [
        ...made.notes,
        {
          subject: { kind: 'target', name: target },
          rules: [RULES.sloMissed.id],
          reason: said,
          hint: 'Look at the failures below: a path, a login or a header may be missing. --no-calm makes the load all the same.',
        },
      ],
    },
    sections: [
      endpointTable('One request at a time', record.total, null),
      ...failureBlocks(record.total, record.exemplars, record.startedAtMs),
    ],
    data,
  };
}
