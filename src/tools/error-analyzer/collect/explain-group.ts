import type { CommandContext } from '../../context.ts';
import type { ErrorGroup } from '../analyze/model.ts';
import type { ErrorOptions } from '../options.ts';
import { explainRecordText } from './explain-record.ts';
import { exceptionOptions } from './grouping.ts';
import type { LogsRead } from './read-logs.ts';

const MAX_MEMBERS = 20;

/** Why the records of a group are one: what its key is made of, then what was merged into it, and by which rule. */
export function explainGroup(
  ctx: CommandContext<ErrorOptions>,
  group: ErrorGroup,
  { documents, edges, sourceMaps }: LogsRead,
): string[] {
  const ids = new Set([group.id, ...group.merged.map(({ id }) => id)]);
  const ofRules = edges.flatMap((edge) => ('rule' in edge && ids.has(edge.child) ? [edge.rule] : []));
  return [
    ...(group.kind === 'exception'
      ? stepsOfException(ctx, group, ids, sourceMaps)
      : stepsOfMessage(group, documents)),
    ...group.merged.slice(0, MAX_MEMBERS).map(({ id, reason }) => `${id} belongs to it: ${reason}`),
    ...(group.merged.length > MAX_MEMBERS
      ? [`${group.merged.length - MAX_MEMBERS} more groups belong to it`]
      : []),
    ...[...new Set(ofRules)].map((rule) => `the rules file says so: ${rule}`),
  ];
}

/** From a record of it that was kept; its text is redacted and may be cut, so what it gives is only told when it gives the same id. */
function stepsOfException(
  ctx: CommandContext<ErrorOptions>,
  { samples }: ErrorGroup,
  ids: ReadonlySet<string>,
  sourceMaps: LogsRead['sourceMaps'],
): string[] {
  for (const { text } of samples) {
    const explained = explainRecordText(text, exceptionOptions(ctx, sourceMaps));
    if (explained !== null && ids.has(explained.id))
      return [...explained.steps, `${explained.id} is the hash of these`];
  }
  return ['its stack is too long to be kept whole: what its key is made of is not told'];
}

function stepsOfMessage({ id }: ErrorGroup, documents: LogsRead['documents']): string[] {
  for (const { groups } of documents) {
    const { shape } = groups.find((one) => one.id === id && one.shape !== null) ?? {};
    if (shape === null || shape === undefined) continue;
    return [
      `words that count, variables as <*>: ${shape.canonical}`,
      `${id} is the hash of these; a line with the same ones has the same id on every machine`,
    ];
  }
  return ['no record of its own words is in this time, only records of what was merged into it'];
}
