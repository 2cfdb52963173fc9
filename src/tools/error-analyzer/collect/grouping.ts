import { resolve } from 'node:path';
import { levelName } from '../../../core/log/level.ts';
import { describeIssues, formatProblems } from '../../../config/problems.ts';
import { readYaml } from '../../../config/read-yaml.ts';
import { RearguardError } from '../../../core/errors.ts';
import type { CommandContext } from '../../context.ts';
import type { LocalSourceMap } from '../analyze/exception/apply-source-maps.ts';
import type { ExceptionKeyOptions } from '../analyze/exception/key.ts';
import type { RuledGroup } from '../analyze/grouping/group-facts.ts';
import { applyRules, type RuleEdge, ruleEdges, type RuleTake } from '../analyze/grouping/rule-edges.ts';
import { type GroupingRule, groupingRulesSchema } from '../analyze/grouping/rules-schema.ts';
import type { SegmentDocument } from '../analyze/segments/types.ts';
import type { ErrorOptions } from '../options.ts';
import { readSourceMaps } from './source-maps.ts';

type Context = CommandContext<ErrorOptions>;

/** What the user's own files say of groups. */
export interface Grouping {
  rules: readonly GroupingRule[];
  sourceMaps: readonly LocalSourceMap[];
  /** What was not used, and why. */
  notes: readonly string[];
}

/** Throws E_GROUPING_INVALID, E_CONFIG_SYNTAX and E_FILE_UNREADABLE. */
export async function readGrouping(ctx: Context): Promise<Grouping> {
  const { grouping, sourceMaps } = ctx.options;
  const rules = grouping === undefined ? [] : await readRules(ctx, resolve(ctx.directory, grouping));
  const folders = sourceMaps.map((folder) => resolve(ctx.directory, folder));
  const { maps, notes } = await readSourceMaps(ctx.files, folders, ctx.signal);
  return { rules, sourceMaps: maps, notes };
}

export async function readRules({ files }: Pick<Context, 'files'>, path: string): Promise<GroupingRule[]> {
  const source = readYaml(path, await files.readText(path));
  const parsed = groupingRulesSchema.safeParse(source.value);
  if (parsed.success) return parsed.data.rules;
  const problems = formatProblems(describeIssues(parsed.error.issues, groupingRulesSchema), (setting) => {
    const position = source.locate(setting);
    return position === undefined ? '' : `${position.line}:${position.column} `;
  });
  throw new RearguardError('E_GROUPING_INVALID', { path, problems });
}

export function exceptionOptions(
  { options: { inApp, notInApp } }: Context,
  sourceMaps: readonly LocalSourceMap[],
): ExceptionKeyOptions {
  return { rules: { inApp, notInApp }, ...(sourceMaps.length === 0 ? {} : { sourceMaps }) };
}

export function ruleEdgesOf(
  ctx: Context,
  { rules }: Pick<Grouping, 'rules'>,
  documents: readonly SegmentDocument[],
): RuleEdge[] {
  return rules.length === 0 ? [] : ruleEdges(ruleTakes(ctx, rules, groupsOf(documents)));
}

function groupsOf(documents: readonly SegmentDocument[]): RuledGroup[] {
  return documents.flatMap(({ groups }) =>
    groups.map(({ id, kind, title, culprit, level, firstMs }) => ({
      id,
      kind,
      title,
      culprit,
      level: levelName(level),
      firstMs,
    })),
  );
}

/** Over every group that is known, and those at hand: rules hold for what was stored before they were written. */
export function ruleTakes(
  { store }: Pick<Context, 'store'>,
  rules: readonly GroupingRule[],
  atHand: readonly RuledGroup[],
): RuleTake[] {
  const groups = new Map<string, RuledGroup>();
  for (const { id, kind, title, culprit, level, firstSeenMs } of store.errorLog.groups())
    groups.set(id, { id, kind, title, culprit, level, firstMs: firstSeenMs });
  for (const group of atHand) {
    const known = groups.get(group.id);
    if (known === undefined) groups.set(group.id, { ...group });
    else known.firstMs = Math.min(known.firstMs, group.firstMs);
  }
  return applyRules(rules, [...groups.values()]);
}
