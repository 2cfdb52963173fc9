import { z } from 'zod';
import { type Subject, subjectSchema } from './finding.ts';

/** What was looked at, by which rules; what was not, and why. Law 2: nothing seen is `unknown`, never `pass`. */
export const coverageSchema = z.object({
  checked: z.array(
    z.object({
      subject: subjectSchema,
      /** Rules that came to a verdict here, so that a finding of theirs that is absent is gone. */
      rules: z.array(z.string()),
    }),
  ),
  notChecked: z.array(
    z.object({
      subject: subjectSchema.optional(),
      rules: z.array(z.string()).optional(),
      reason: z.string(),
      hint: z.string().optional(),
    }),
  ),
});
export type Coverage = z.infer<typeof coverageSchema>;

export const EMPTY_COVERAGE: Coverage = { checked: [], notChecked: [] };

/** Whether this rule came to a verdict about this subject. */
export function covers(coverage: Coverage, rule: string, subject: Pick<Subject, 'kind' | 'name'>): boolean {
  return coverage.checked.some(
    (entry) =>
      entry.subject.kind === subject.kind &&
      entry.subject.name === subject.name &&
      entry.rules.includes(rule),
  );
}

export function mergeCoverage(parts: readonly Coverage[]): Coverage {
  return {
    checked: parts.flatMap((part) => part.checked),
    notChecked: parts.flatMap((part) => part.notChecked),
  };
}
