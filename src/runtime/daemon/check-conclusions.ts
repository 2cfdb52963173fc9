import type { Report } from '../../core/report.ts';
import type { Conclusion } from '../prepare.ts';

/** What each tool concluded in a check over all tools; rules are named after their tool. */
export function conclusionsOf({
  findings,
  coverage,
}: Pick<Report, 'findings' | 'coverage'>): Map<string, Conclusion> {
  const tools = new Set(
    [...findings.map(({ rule }) => rule), ...coverage.checked.flatMap(({ rules }) => rules)].map(toolOf),
  );
  return new Map(
    [...tools].map((tool) => [
      tool,
      {
        findings: findings.filter(({ rule }) => toolOf(rule) === tool),
        coverage: {
          checked: coverage.checked
            .map((entry) => ({ ...entry, rules: entry.rules.filter((rule) => toolOf(rule) === tool) }))
            .filter(({ rules }) => rules.length > 0),
          notChecked: [],
        },
      },
    ]),
  );
}

function toolOf(rule: string): string {
  return rule.slice(0, rule.indexOf('/'));
}
