import { counted } from '../../../core/counted.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { groupBy } from '../../../core/group-by.ts';
import { quoteIdentifier } from '../../_shared/database/index-statement.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import { RULES } from '../rules.ts';
import type { Look } from './look.ts';

const DENIED = /permission denied for (schema|table|view|materialized view|foreign table) (.+?)\.?$/;
const WRITES = /^[\s(]*(?:insert|update|delete|merge)\b/i;

/** Statements whose plan the server kept from us, with the right that would change it. */
export function refusedPlans(
  look: Pick<Look, 'target' | 'end'>,
  refused: readonly { text: string; reason: string }[],
): Coverage['notChecked'] {
  const denied = refused.flatMap(({ text, reason }) => {
    const [, kind, name] = DENIED.exec(reason) ?? [];
    return kind === undefined || name === undefined
      ? []
      : [{ text, reason: `permission denied for ${kind} ${name}`, kind, name }];
  });
  const groups = groupBy(denied, ({ text, reason }) => `${WRITES.test(text)} ${reason}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    // To plan a write takes the right to write, which who only looks must not have.
    const hint = WRITES.test(first.text) ? null : grant(look, first);
    return [
      {
        subject: databaseSubject(look.target),
        rules: [RULES.planRegression.id],
        reason: `${counted(group.length, 'statement')} could not be planned: ${first.reason}`,
        ...(hint === null ? {} : { hint }),
      },
    ];
  });
}

function grant({ end }: Pick<Look, 'end'>, { kind, name }: { kind: string; name: string }): string {
  const role = quoteIdentifier(end.server.user);
  if (kind === 'schema') return `GRANT USAGE ON SCHEMA ${quoteIdentifier(name)} TO ${role};`;
  // The server names it without its schema.
  const tables = end.parts.tables.known ? end.parts.tables.value : [];
  const schemas = new Set(tables.filter((table) => table.name === name).map(({ schema }) => schema));
  const [schema] = schemas;
  const qualified =
    schema !== undefined && schemas.size === 1
      ? `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`
      : quoteIdentifier(name);
  return `GRANT SELECT ON ${qualified} TO ${role};`;
}
