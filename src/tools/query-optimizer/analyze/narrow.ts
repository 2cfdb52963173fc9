import type { Assessment } from '../../../core/assessment.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import { RearguardError } from '../../../core/errors.ts';
import { didYouMean } from '../../../core/suggest.ts';
import type { Rule, Subject } from '../../../core/finding.ts';
import { ruleList, TOOL } from '../rules.ts';
import type { Observation } from './context.ts';

/** What was asked for in particular: the check of one finding. */
export interface Narrowing {
  /** `SELECT orders 1a2b3c4d`, or the eight digits alone. */
  query?: string | undefined;
  rule?: Rule | undefined;
  /** `public.orders` */
  table?: string | undefined;
  /** How often the query was called a minute when it was reported. */
  callsPerMinute?: number | undefined;
}

/** Throws E_USAGE for a rule that there is not. */
export function ruleNamed(name: string | undefined): Rule | undefined {
  if (name === undefined) return undefined;
  const found = ruleList.find(({ id }) => id === name || id === `${TOOL}/${name}`);
  if (found) return found;
  const names = ruleList.map(({ id }) => id.slice(TOOL.length + 1));
  throw new RearguardError('E_USAGE', {
    message: `There is no rule ${JSON.stringify(name)}.${didYouMean(name, names)}`,
    hint: `The rules are: ${names.join(', ')}.`,
  });
}

/** Calls that should have been seen before "none" says something: by chance there is none in less than 1 of 100 windows. */
const CALLS_TO_EXPECT = 5;

/**
 * Only what concerns one query and one rule. A query that was not seen is gone when it would have been called several
 * times in the window; else that cannot be told.
 */
export function narrow(
  assessment: Assessment,
  { query, rule, table, callsPerMinute }: Narrowing,
  { target, workload }: Pick<Observation, 'target' | 'workload'>,
): Assessment {
  if (query === undefined && rule === undefined && table === undefined) return assessment;
  const key = query?.slice(-8);
  const isMeant = ({ kind, name }: Subject): boolean =>
    (key === undefined || (kind === 'query' && name.endsWith(` ${key}`))) &&
    (table === undefined || (kind === 'table' && name.endsWith(` ${table}`)));
  const findings = assessment.findings.filter(
    (one) => isMeant(one.subject) && (rule === undefined || one.rule === rule.id),
  );
  const checked = assessment.checked.filter(
    (one) => isMeant(one.subject) && (rule === undefined || one.rule.id === rule.id),
  );
  const notChecked = assessment.notChecked.filter(
    ({ subject, rules }) =>
      (subject === undefined || subject.kind === 'target' || isMeant(subject)) &&
      (rule === undefined || (rules?.includes(rule.id) ?? true)),
  );
  const wasSeen = checked.length > 0 || notChecked.some(({ subject }) => subject?.kind === 'query');
  if (query === undefined || key === undefined || wasSeen) return { findings, checked, notChecked };
  const minutes = (workload.toMs - workload.fromMs) / 60_000;
  const expected = (callsPerMinute ?? 0) * minutes;
  const subject = { kind: 'query' as const, name: `${databaseSubject(target).name} ${query}` };
  const rules = rule === undefined ? ruleList : [rule];
  if (expected >= CALLS_TO_EXPECT && workload.queries.length > 0) {
    return { findings, checked: rules.map((one) => ({ subject, rule: one })), notChecked };
  }
  return {
    findings,
    checked,
    notChecked: [
      ...notChecked,
      {
        subject,
        rules: rules.map(({ id }) => id),
        reason: 'the query was not called in the window',
        hint: 'Watch longer, while the backend does what calls it: `--duration 2m`.',
      },
    ],
  };
}
