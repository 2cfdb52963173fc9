import { z } from 'zod';

/** One thing that every tool must keep, and whether this one does. */
export const checkResultSchema = z.object({
  /** `monitor: ids stay the same` */
  name: z.string(),
  /** skip: it could not be seen here; `detail` says why. */
  result: z.enum(['pass', 'fail', 'skip']),
  detail: z.string(),
});
export type CheckResult = z.infer<typeof checkResultSchema>;

/** What the process that checks a tool tells the one that asked for it. `begin` names what it is about, in case it never comes back. */
export type ContractMessage =
  | { kind: 'begin'; name: string }
  | ({ kind: 'result' } & CheckResult)
  | { kind: 'done' };

/** What it is asked for; goes through argv, so nothing here is secret. */
export interface ContractRequest {
  module: string;
  /** Name of its folder in the workspace; null for a tool that stands elsewhere. */
  folder: string | null;
  configPath: string;
}

/** Files of tests of one tool. */
export const testResultSchema = checkResultSchema.extend({ file: z.string() });
export type TestResult = z.infer<typeof testResultSchema>;
