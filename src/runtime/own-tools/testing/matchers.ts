import { isOpen, type Report, reportSchema } from '../../../core/report.ts';

/** Names of the subjects of the findings that stand, in their order; of one rule, where one is given. */
export function openFindings(report: Report, rule?: string): string[] {
  return report.findings
    .filter((finding) => isOpen(finding) && (rule === undefined || finding.rule === rule))
    .map(({ subject }) => subject.name);
}

/** Whether the rule came to a verdict about the subject: without that, a finding that is absent says nothing. */
export function coversRule(report: Report, rule: string, subjectName: string): boolean {
  return report.coverage.checked.some(
    ({ subject, rules }) => subject.name === subjectName && rules.includes(rule),
  );
}

/** What keeps the report from being a valid one, a line each; none for a valid one. */
export function reportErrors(report: Report): string[] {
  const { error } = reportSchema.safeParse(report);
  return (error?.issues ?? []).map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
}
