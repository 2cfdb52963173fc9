import type { z } from 'zod';
import { didYouMean, nearestName } from '../core/suggest.ts';
import { allowedKeys } from './settings.ts';
import { formatPath, type SettingPath } from './source.ts';

/** One thing that is wrong with a setting; the text never holds the value itself. */
export interface SettingProblem {
  path: SettingPath;
  text: string;
}

/** What a schema found wrong, in words for people, unknown keys with the nearest valid one. */
export function describeIssues(
  issues: readonly z.core.$ZodIssue[],
  schema: z.core.$ZodType,
  prefix: SettingPath = [],
): SettingProblem[] {
  return issues.flatMap((issue) => describe(issue, schema, prefix, []));
}

function describe(
  issue: z.core.$ZodIssue,
  schema: z.core.$ZodType,
  prefix: SettingPath,
  parents: SettingPath,
): SettingProblem[] {
  const local = [...parents, ...issue.path];
  const path = [...prefix, ...local];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      text: `unknown key.${didYouMean(key, allowedKeys(schema, local))}`,
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branch = likeliestBranch(issue.errors, allowedKeys(schema, local));
    return branch.flatMap((inner) => describe(inner, schema, prefix, local));
  }
  if (issue.code === 'invalid_key') return [{ path, text: issue.issues[0]?.message ?? 'invalid name' }];
  return [{ path, text: wording(issue) }];
}

/** The alternative with the fewest faults was meant; a mistyped key explains the ones it causes. */
function likeliestBranch(
  branches: readonly (readonly z.core.$ZodIssue[])[],
  keys: readonly string[],
): readonly z.core.$ZodIssue[] {
  for (const branch of branches) {
    const mistyped = branch.filter(
      (issue) =>
        issue.code === 'unrecognized_keys' &&
        issue.path.length === 0 &&
        issue.keys.every((key) => nearestName(key, keys) !== undefined && !keys.includes(key)),
    );
    if (mistyped.length > 0) return mistyped;
  }
  return branches.toSorted((a, b) => weight(a) - weight(b))[0] ?? [];
}

/** An alternative of another type altogether (text where a mapping stands) is the least likely. */
function weight(branch: readonly z.core.$ZodIssue[]): number {
  const wrongType = branch.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0);
  return branch.length + (wrongType ? 100 : 0);
}

function wording(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined') ? 'is missing' : `expected ${issue.expected}`;
    case 'invalid_value':
      return `expected ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? `expected ${issue.options.map(String).join(', ')}`
        : 'not one of the allowed forms';
    case 'too_small':
      return issue.origin === 'string' ? 'must not be empty' : `must be at least ${String(issue.minimum)}`;
    case 'too_big':
      return `must be at most ${String(issue.maximum)}`;
    default:
      return issue.message;
  }
}

/** `12:3 targets.shop.baseUrl: expected …; 14:1 …` */
export function formatProblems(
  problems: readonly SettingProblem[],
  locate: (path: SettingPath) => string,
): string {
  return problems
    .map(({ path, text }) => `${locate(path)}${path.length > 0 ? `${formatPath(path)}: ` : ''}${text}`)
    .join('; ');
}
