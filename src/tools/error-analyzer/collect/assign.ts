import { levelName, type LogLevelName } from '../../../core/log/level.ts';
import type { CommandContext } from '../../context.ts';
import type { RuledGroup } from '../analyze/grouping/group-facts.ts';
import { ruleEdges, type RuleTake } from '../analyze/grouping/rule-edges.ts';
import type { GroupingRule } from '../analyze/grouping/rules-schema.ts';
import { commonTitle } from '../analyze/segments/common-title.ts';
import { type Families, familiesOf } from '../analyze/segments/families.ts';
import { mergeShapes } from '../analyze/shape/merge/merge-shapes.ts';
import type { ShapeEdge } from '../analyze/shape/types.ts';
import type { ErrorOptions } from '../options.ts';
import { ruleTakes } from './grouping.ts';
import type { RecordGroup } from './record-groups.ts';

/** A group of records after merging. */
export interface AssignedGroup {
  id: string;
  kind: RecordGroup['kind'];
  title: string;
  culprit: string | null;
  level: LogLevelName;
  count: number;
  firstRecord: number;
  merged: readonly { id: string; reason: string; count: number }[];
  /** Of its first record, where they were asked for. */
  steps: readonly string[];
}

export interface Assigned {
  /** Most frequent first. */
  groups: readonly AssignedGroup[];
  families: Families;
  /** What each rule takes, also where it is not applied. */
  takes: readonly RuleTake[];
}

/** Merges what single records gave: by counted evidence, with what the store knows, then by rules, unless they are only tried. */
export function assignGroups(
  ctx: CommandContext<ErrorOptions>,
  groups: readonly RecordGroup[],
  { rules, isTrial }: { rules: readonly GroupingRule[]; isTrial: boolean },
): Assigned {
  const known = ctx.store.errorLog.edges() as ShapeEdge[];
  const shapes = groups.flatMap(({ shape, count }) => (shape === null || count === 0 ? [] : [shape]));
  const merges = mergeShapes(
    shapes.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    known,
  );
  const takes = ruleTakes(ctx, rules, groups.filter(({ count }) => count > 0).map(toRuled));
  const families = familiesOf([...known, ...merges, ...(isTrial ? [] : ruleEdges(takes))]);
  const members = new Map<string, RecordGroup[]>();
  for (const group of groups) {
    if (group.count === 0) continue;
    const root = families.rootOf(group.id);
    const own = members.get(root);
    if (own === undefined) members.set(root, [group]);
    else own.push(group);
  }
  const assigned = [...members].map(([id, own]) => toAssigned(id, own, families));
  return {
    groups: assigned.toSorted((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1)),
    families,
    takes,
  };
}

function toRuled({ id, kind, title, culprit, level, firstMs }: RecordGroup): RuledGroup {
  return { id, kind, title, culprit, level: levelName(level), firstMs };
}

function toAssigned(id: string, members: readonly RecordGroup[], families: Families): AssignedGroup {
  const first = members.reduce((earliest, group) =>
    group.firstRecord < earliest.firstRecord ? group : earliest,
  );
  const told = members.find((group) => group.id === id) ?? first;
  const worst = members.reduce((level, group) => Math.max(level, group.level), 0);
  return {
    id,
    kind: told.kind,
    title:
      families.titleOf(id) ??
      commonTitle(
        told.title,
        members.map(({ title }) => title),
      ),
    culprit: told.culprit,
    level: levelName(worst as RecordGroup['level']),
    count: members.reduce((sum, { count }) => sum + count, 0),
    firstRecord: first.firstRecord,
    merged: members
      .filter((group) => group.id !== id)
      .map((group) => ({
        id: group.id,
        reason: families.reasonOf(group.id) ?? 'merged',
        count: group.count,
      })),
    steps: told.steps,
  };
}
