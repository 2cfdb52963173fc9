import { compareFindings, type Finding } from '../core/finding.ts';
import { isOpen } from '../core/report.ts';

/** What stands now, worst first; then what is muted, then what is gone. */
export function rank(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => groupOf(a) - groupOf(b) || compareFindings(a, b));
}

/** 0 stands, 1 muted, 2 resolved. */
export function groupOf(finding: Finding): number {
  if (isOpen(finding)) return 0;
  return finding.state === 'muted' ? 1 : 2;
}
