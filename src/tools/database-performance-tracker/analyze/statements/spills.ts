import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { formatDuration } from '../../../../core/duration.ts';
import { ms } from '../../../../core/rounding.ts';
import { formatSize } from '../../../../core/size.ts';
import type { StatementDelta, StatementWindow } from '../../../_shared/database/statements.ts';
import { RULES } from '../../rules.ts';
import { trackerFinding } from '../finding.ts';
import { analyzeCheck, type Look, whereKnown } from '../look.ts';
import { describeOrigins, isUtility, nameOfText, statementSubject } from './names.ts';

const MIN_TOTAL_BYTES = 10_000_000;
const RULE = RULES.tempSpills;

export function assessSpills(look: Look): Assessment {
  return whereKnown(look, [RULE], look.statements, (window) => {
    const assessment = emptyAssessment();
    for (const delta of window.statements) {
      const name = look.names.get(delta.key) ?? nameOfText(delta.text, delta.queryId);
      const subject = statementSubject(look.target, name);
      assessment.checked.push({ subject, rule: RULE });
      const bytes = delta.tempWritten * look.end.server.blockBytes;
      const perCall = bytes / delta.calls;
      if (!isSpilling(delta, perCall, bytes, look)) continue;
      const from = describeOrigins(name.origins);
      assessment.findings.push(
        trackerFinding(RULE, subject, {
          title: `${name.label} writes ${formatSize(perCall)} of temporary files a call`,
          confidence: 'proven',
          evidence: [
            { label: 'temporary files', value: formatSize(bytes), unit: `in ${spanOf(window)}` },
            { label: 'calls', value: delta.calls, unit: `${ms(delta.meanMs ?? 0)} ms each` },
            { label: 'work_mem', value: workMem(look) },
            ...(from === null ? [] : [{ label: 'asked by', value: '', sample: from }]),
            ...(delta.text === null ? [] : [{ label: 'statement', value: '', sample: delta.text }]),
          ],
          impact: {
            summary:
              'What does not fit into work_mem is written to files and read again, once or several times.',
            basis: 'measured',
          },
          steps: [
            'Sort or group fewer rows, or narrower ones: select only the columns that are needed, filter before you sort.',
            'An index in the order that is wanted needs no sort at all.',
            `Else more memory for it alone: SET LOCAL work_mem = '${suggested(perCall)}'; in its transaction.`,
          ],
          check: analyzeCheck(look.target, RULE, subject),
        }),
      );
    }
    return assessment;
  });
}

function isSpilling(delta: StatementDelta, perCall: number, bytes: number, { options }: Look): boolean {
  return (
    delta.topLevel &&
    !isUtility(delta.text) &&
    perCall >= options.statements.spill &&
    bytes >= MIN_TOTAL_BYTES
  );
}

function spanOf({ fromMs, toMs }: StatementWindow): string {
  return formatDuration(toMs - fromMs);
}

function workMem({ end }: Look): string {
  return end.parts.settings.known
    ? (end.parts.settings.value.get('work_mem')?.shown ?? 'not known')
    : 'not known';
}

/** In memory rows take about twice what they take in a file; to the next power of two, at most 1 GB. */
export function suggested(spilledBytes: number): string {
  const megabytes = 2 ** Math.ceil(Math.log2(Math.max(8, (2 * spilledBytes) / 2 ** 20)));
  return `${Math.min(1024, megabytes)}MB`;
}
