import type { Block } from '../../../core/block.ts';
import type { GroupCommandData, GroupInput } from './group.ts';
import { capText } from '../../../core/text.ts';

const MAX_TAKEN = 5;
const MAX_TITLE = 90;

/** `lines`: those of --assign. */
export function groupSections(data: GroupCommandData, asked: GroupInput, lines: string): Block[] {
  const { groups, groupCount } = data;
  return [
    ...(lines === '' ? [] : [{ kind: 'text' as const, title: 'Record and group', text: lines.trimEnd() }]),
    ...(data.rules.length === 0 ? [] : [ruleTable(data, asked.dryRun)]),
    ...(groups.length === 0 || asked.assign
      ? []
      : [
          {
            kind: 'table' as const,
            title: 'Groups, most frequent first',
            columns: [
              { header: 'group' },
              { header: 'level' },
              { header: 'records', align: 'right' as const },
              { header: 'merged', align: 'right' as const },
              { header: 'words' },
            ],
            rows: groups.map(({ id, level, count, merged, title }) => [
              id,
              level,
              count,
              merged.length,
              capText(title, MAX_TITLE),
            ]),
            ...(groupCount > groups.length ? { omitted: groupCount - groups.length } : {}),
          },
        ]),
    ...(asked.explain
      ? [
          {
            kind: 'tree' as const,
            title: 'Why',
            roots: groups.map(({ id, title, explanation }) => ({
              label: `${id} ${capText(title, MAX_TITLE)}`,
              children: (explanation ?? []).map((label) => ({ label })),
            })),
          },
        ]
      : []),
  ];
}

function ruleTable({ rules }: GroupCommandData, isTrial: boolean): Block {
  return {
    kind: 'table',
    title: isTrial ? 'What rules would take' : 'What rules took',
    columns: [{ header: 'rule' }, { header: 'groups' }, { header: 'records', align: 'right' }],
    rows: rules.map(({ rule, groups, records }) => [
      rule,
      groups.length === 0
        ? { text: 'none', tone: 'warn' }
        : `${groups.slice(0, MAX_TAKEN).join(', ')}${groups.length > MAX_TAKEN ? ` and ${groups.length - MAX_TAKEN} more` : ''}`,
      records,
    ]),
  };
}
