import { refused } from '../plan-diff.ts';
import { scriptOf, THROWS } from './script.ts';
import {
  assertNoQuotedBreak,
  doubleQuoted,
  downsOf,
  fresh,
  headOf,
  indented,
  terminated,
  upsOf,
  WAY_UNKNOWN,
  written,
} from './text.ts';
import type { MigrationParts, Writer } from './types.ts';
import { nameAfter } from './version.ts';

export const knex: Writer = (parts) => {
  const { extension, isTyped, isModule } = scriptOf(parts);
  // A question mark is a value's place in raw().
  const raw = (statement: string): string =>
    `await knex.raw(${doubleQuoted(statement.replaceAll('?', '\\?'))});`;
  const argument = isTyped ? 'knex: import("knex").Knex' : 'knex';
  const define = (name: string, body: readonly string[]): string => {
    const block = `(${argument}) {\n${indented(body, '  ')}}`;
    return isModule
      ? `export async function ${name}${block}\n`
      : `exports.${name} = async function ${block};\n`;
  };
  const config = isModule ? 'export const config =' : 'exports.config =';
  const text = [
    headOf('//', parts),
    define('up', upsOf(parts).map(raw)),
    '\n',
    define('down', downsOf(parts)?.map(raw) ?? [THROWS]),
    parts.noTransaction ? `\n${config} { transaction: false };\n` : '',
  ].join('');
  return written([fresh(nameAfter(parts, extension), text)]);
};

/** With sequelize-cli, which hands over the query interface, or with umzug, which hands over a context that holds it. */
export const sequelize: Writer = (parts) => {
  const { extension, isTyped, isModule, text: newest } = scriptOf(parts);
  const hasContext = /\bcontext\b/.test(newest);
  const givesSequelize = hasContext && /\bgetQueryInterface\b/.test(newest);
  const given = givesSequelize ? 'sequelize' : 'queryInterface';
  const type = givesSequelize ? 'Sequelize' : 'QueryInterface';
  const argument = hasContext
    ? `{ context: ${given} }${isTyped ? `: { context: ${type} }` : ''}`
    : `${given}${isTyped ? `: ${type}` : ''}`;
  const run = (statement: string): string =>
    `await ${givesSequelize ? '' : 'queryInterface.'}sequelize.query(${doubleQuoted(statement)});`;
  const ups = upsOf(parts).map(run);
  const downs = downsOf(parts)?.map(run) ?? [THROWS];
  const result = isTyped ? ': Promise<void>' : '';
  const isByName = /^\s*(?:export\s+(?:const|async\s+function|function)|exports\.)\s*up\b/m.test(newest);
  const named = (name: string, body: readonly string[]): string => {
    const block = `(${argument})${result}`;
    return isModule
      ? `export async function ${name}${block} {\n${indented(body, '  ')}}\n`
      : `exports.${name} = async ${block} => {\n${indented(body, '  ')}};\n`;
  };
  const method = (name: string, body: readonly string[]): string =>
    `  async ${name}(${argument})${result} {\n${indented(body, '    ')}  },\n`;
  const text = [
    headOf('//', parts),
    isTyped ? `import type { ${type} } from "sequelize";\n\n` : '',
    isByName
      ? `${named('up', ups)}\n${named('down', downs)}`
      : `${isModule ? 'export default' : 'module.exports ='} {\n${method('up', ups)}\n${method('down', downs)}};\n`,
  ].join('');
  return written([fresh(nameAfter(parts, extension), text)]);
};

export const nodePgMigrate: Writer = (parts) => {
  if (parts.head?.name.endsWith('.sql') === true) return nodePgMigrateSql(parts);
  const { extension, isTyped, isModule } = scriptOf(parts);
  const run = (statement: string): string => `pgm.sql(${doubleQuoted(statement)});`;
  const alone = parts.noTransaction ? ['pgm.noTransaction();'] : [];
  const argument = isTyped ? 'pgm: MigrationBuilder' : 'pgm';
  const define = (name: string, body: readonly string[]): string => {
    const block = `(${argument})${isTyped ? ': void' : ''}`;
    return isModule
      ? `export function ${name}${block} {\n${indented(body, '  ')}}\n`
      : `exports.${name} = ${block} => {\n${indented(body, '  ')}};\n`;
  };
  const downs = downsOf(parts);
  // Its own word for a way down that does not exist.
  const none = `${isModule ? 'export const down =' : 'exports.down ='} false;\n`;
  const text = [
    headOf('//', parts),
    isTyped ? 'import type { MigrationBuilder } from "node-pg-migrate";\n\n' : '',
    define('up', [...alone, ...upsOf(parts).map(run)]),
    '\n',
    downs === null ? none : define('down', [...(downs.length === 0 ? [] : alone), ...downs.map(run)]),
  ].join('');
  return written([fresh(nameAfter(parts, extension), text)]);
};

/** Its files of SQL have no word for leaving the transaction. */
function nodePgMigrateSql(parts: MigrationParts): ReturnType<Writer> {
  if (parts.noTransaction) {
    throw refused(
      parts.finding,
      'node-pg-migrate runs files of SQL in a transaction, in which PostgreSQL neither makes nor drops an index CONCURRENTLY',
      'Make a migration in JavaScript (`node-pg-migrate create --migration-file-language js`) with pgm.noTransaction() and pgm.sql().',
    );
  }
  assertNoQuotedBreak(parts, 'node-pg-migrate');
  const downs = downsOf(parts);
  const down = downs === null ? `-- ${WAY_UNKNOWN}\n` : `-- Down Migration\n${terminated(downs)}`;
  return written([
    fresh(
      nameAfter(parts, 'sql'),
      `-- Up Migration\n${headOf('--', parts)}${terminated(upsOf(parts))}\n${down}`,
    ),
  ]);
}
