import type { Assessment } from '../../../core/assessment.ts';
import { RearguardError } from '../../../core/errors.ts';
import { didYouMean } from '../../../core/suggest.ts';
import { RULES, TOOL } from '../rules.ts';

export interface Narrowing {
  /** With or without the name of the tool. */
  rule?: string | undefined;
  subject?: string | undefined;
}

/** What remains of an assessment when only one rule, or one subject, was asked for. Throws E_USAGE for no rule of ours. */
export function narrowed(assessment: Assessment, { rule, subject }: Narrowing): Assessment {
  const id = rule === undefined ? undefined : ruleId(rule);
  const isWanted = (ruleOf: string, name: string | undefined): boolean =>
    (id === undefined || ruleOf === id) && (subject === undefined || name === subject);
  return {
    findings: assessment.findings.filter((finding) => isWanted(finding.rule, finding.subject.name)),
    checked: assessment.checked.filter((entry) => isWanted(entry.rule.id, entry.subject.name)),
    // Why a whole database could not be judged matters for each of its subjects.
    notChecked: assessment.notChecked
      .filter(({ rules }) => id === undefined || rules === undefined || rules.includes(id))
      .map((entry) => (id === undefined || entry.rules === undefined ? entry : { ...entry, rules: [id] })),
  };
}

function ruleId(rule: string): string {
  const id = rule.includes('/') ? rule : `${TOOL}/${rule}`;
  const ids = Object.values(RULES).map((one) => one.id);
  if (ids.some((one) => one === id)) return id;
  const names = ids.map((one) => one.slice(TOOL.length + 1));
  throw new RearguardError('E_USAGE', {
    message: `There is no rule ${JSON.stringify(rule)}.${didYouMean(rule, names)}`,
    hint: `The rules are: ${names.join(', ')}.`,
  });
}
