import { type Assessment, mergeAssessments } from '../../../core/assessment.ts';
import type { Finding, Rule } from '../../../core/finding.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import { RULES } from '../rules.ts';
import { INDEX_RULES } from '../rules/indexes.ts';
import { STORAGE_RULES } from '../rules/storage.ts';
import { assessDuplicateIndexes } from './indexes/duplicate.ts';
import { assessForeignKeys } from './indexes/foreign-keys.ts';
import { assessInvalidConstraints, assessInvalidIndexes } from './indexes/invalid.ts';
import { assessUnusedIndexes } from './indexes/unused.ts';
import type { Look } from './look.ts';
import { assessSlowStatements } from './statements/slow.ts';
import { assessSpills } from './statements/spills.ts';
import { assessBloat, type Space } from './storage/bloat.ts';
import { assessCache } from './storage/cache.ts';
import { assessCheckpoints } from './storage/checkpoints.ts';
import { assessKeys } from './storage/keys.ts';
import { assessSettings } from './storage/settings.ts';
import { assessStatistics } from './storage/statistics.ts';
import { assessVacuum } from './storage/vacuum.ts';
import { assessWraparound } from './storage/wraparound.ts';

/** All rules about statements, storage and indexes over one window of one database. */
export function assessStructure(look: Look, exactSpace?: ReadonlyMap<string, Space>): Assessment {
  return mergeAssessments([
    assessSlowStatements(look),
    assessSpills(look),
    assessCache(look),
    assessCheckpoints(look),
    assessVacuum(look),
    assessWraparound(look),
    assessBloat(look, exactSpace),
    assessStatistics(look),
    assessSettings(look),
    assessKeys(look),
    assessInvalidIndexes(look),
    assessInvalidConstraints(look),
    assessUnusedIndexes(look),
    assessDuplicateIndexes(look),
    assessForeignKeys(look),
  ]);
}

/** These look at everything of their kind; what is not there any more is then gone, and so is what was wrong with it. */
const EXHAUSTIVE: ReadonlySet<string> = new Set(
  [...Object.values(STORAGE_RULES), ...Object.values(INDEX_RULES)].map(({ id }) => id),
);

/**
 * Adds the subjects of known findings that no longer exist: a dropped index is in no list, and its finding would stand
 * for ever. Only where the rule could look at everything in this database.
 */
export function withGoneSubjects(
  assessment: Assessment,
  target: string,
  known: readonly Pick<Finding, 'rule' | 'subject'>[],
): Assessment {
  const whole = databaseSubject(target).name;
  const blind = new Set(
    assessment.notChecked
      .filter(({ subject }) => subject?.name === whole)
      .flatMap(({ rules }) => rules ?? []),
  );
  const unclear = new Set(
    assessment.notChecked.flatMap(({ subject, rules }) =>
      (rules ?? []).map((rule) => `${rule} ${subject?.name}`),
    ),
  );
  const judged = new Set(assessment.checked.map(({ subject, rule }) => `${rule.id} ${subject.name}`));
  const gone = known.flatMap(({ rule: id, subject }) => {
    const rule = ruleById(id);
    const isOurs = subject.name.startsWith(`${target} `) && EXHAUSTIVE.has(id) && !blind.has(id);
    const isOpen = judged.has(`${id} ${subject.name}`) || unclear.has(`${id} ${subject.name}`);
    return rule === undefined || !isOurs || isOpen ? [] : [{ subject, rule }];
  });
  return { ...assessment, checked: [...assessment.checked, ...gone] };
}

function ruleById(id: string): Rule | undefined {
  return Object.values(RULES).find((rule) => rule.id === id);
}
