import { globMatches } from '../exception/in-app.ts';
import { factsOf, type RuledGroup } from './group-facts.ts';
import type { GroupingRule } from './rules-schema.ts';

/** One group belongs to another because a rule of the user's says so. Made anew for every window, so a rule that is changed or gone takes nothing with it. */
export interface RuleEdge {
  /** Ids of groups. A group that is its own parent only takes the title, and leaves what it was merged into without a rule. */
  child: string;
  parent: string;
  /** `rule 2 (key payment)`. */
  rule: string;
  title: string | null;
  /** Whether it says what belongs together, or only what it is called. */
  joins: boolean;
}

/** What one rule takes of the groups at hand. */
export interface RuleTake {
  rule: GroupingRule;
  name: string;
  groups: readonly RuledGroup[];
}

export function applyRules(rules: readonly GroupingRule[], groups: readonly RuledGroup[]): RuleTake[] {
  const takes = rules.map((rule, index) => ({ rule, name: nameOf(rule, index), groups: [] as RuledGroup[] }));
  for (const group of groups) {
    const facts = factsOf(group);
    takes.find(({ rule: { match } }) => matches(match, facts))?.groups.push(group);
  }
  return takes;
}

/** Groups of one key take the id of the one that was there first; of two, the smaller id. */
export function ruleEdges(takes: readonly RuleTake[]): RuleEdge[] {
  const firsts = new Map<string, RuledGroup>();
  for (const { rule, groups } of takes) {
    if (rule.key === undefined) continue;
    for (const group of groups) {
      const first = firsts.get(rule.key);
      if (first === undefined || isEarlier(group, first)) firsts.set(rule.key, group);
    }
  }
  return takes.flatMap(({ rule: { key, title }, name, groups }) =>
    groups.map(({ id }) => ({
      child: id,
      parent: key === undefined ? id : (firsts.get(key)?.id ?? id),
      rule: name,
      title: title ?? key ?? null,
      joins: key !== undefined,
    })),
  );
}

function isEarlier(a: RuledGroup, b: RuledGroup): boolean {
  return a.firstMs < b.firstMs || (a.firstMs === b.firstMs && a.id < b.id);
}

function nameOf({ key, title }: GroupingRule, index: number): string {
  return `rule ${index + 1} (${key === undefined ? `title ${title}` : `key ${key}`})`;
}

function matches(match: GroupingRule['match'], facts: ReturnType<typeof factsOf>): boolean {
  return (Object.keys(facts) as (keyof typeof facts)[]).every((name) => {
    const globs = match[name];
    return globs === undefined || globs.some((glob) => globMatches(glob, facts[name]));
  });
}
