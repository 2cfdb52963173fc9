import { scriptOf, THROWS } from './script.ts';
import { classNameOf, doubleQuoted, downsOf, fresh, headWith, indented, upsOf, written } from './text.ts';
import type { Writer } from './types.ts';
import { nameAfter, stampOf, versionAfter } from './version.ts';

const TYPEORM_TRANSACTIONS =
  'TypeORM runs it with `--transaction each` (or migrationsTransactionMode: "each"), and takes it back with `--transaction none`.';

/** Its order is that of the milliseconds at the end of the class. */
export const typeorm: Writer = (parts) => {
  const { extension, isTyped, isModule, text: newest } = scriptOf(parts);
  const stamp = versionAfter(parts, String(parts.stampMs));
  const notes = parts.noTransaction ? [TYPEORM_TRANSACTIONS] : [];
  const run = (statement: string): string => `await queryRunner.query(${doubleQuoted(statement)});`;
  // The id may end in digits; the stamp has to stand apart.
  const name = `${classNameOf(parts.slug)}_${stamp}`;
  const argument = isTyped ? 'queryRunner: QueryRunner' : 'queryRunner';
  const method = (called: string, body: readonly string[]): string =>
    `  async ${called}(${argument})${isTyped ? ': Promise<void>' : ''} {\n${indented(body, '    ')}  }\n`;
  const byName = isModule ? `export class ${name}` : `exports.${name} = class ${name}`;
  const opening = /\bmodule\.exports\s*=\s*class\b/.test(newest) ? `module.exports = class ${name}` : byName;
  const text = [
    headWith('//', parts, notes),
    isTyped ? 'import type { MigrationInterface, QueryRunner } from "typeorm";\n' : '',
    `\n${opening}${isTyped ? ' implements MigrationInterface' : ''} {\n`,
    // The name goes by the class; a build that shortens classes would lose it.
    `  name = ${doubleQuoted(name)};\n`,
    parts.noTransaction ? '  transaction = false;\n' : '',
    '\n',
    method('up', upsOf(parts).map(run)),
    '\n',
    method('down', downsOf(parts)?.map(run) ?? [THROWS]),
    `}${opening.includes('=') ? ';' : ''}\n`,
  ].join('');
  return written([fresh(`${stamp}-${parts.slug}.${extension}`, text)], ...notes);
};

const MIKRO_ORM_TRANSACTIONS =
  'Run it by itself: MikroORM keeps the migrations of one run in one transaction (allOrNothing), and this one waits for what came before it.';

export const mikroOrm: Writer = (parts) => {
  const { extension, isTyped, isModule, text: newest } = scriptOf(parts);
  const name = /^Migration\d/.test(parts.head?.name ?? '')
    ? nameAfter(parts, extension)
    : `Migration${stampOf(parts)}_${parts.slug}.${extension}`;
  const className = /^Migration\d+/.exec(name)?.[0] ?? 'Migration';
  const notes = parts.noTransaction ? [MIKRO_ORM_TRANSACTIONS] : [];
  const add = (statement: string): string => `this.addSql(${doubleQuoted(statement)});`;
  const override = /\boverride\s/.test(newest) ? 'override ' : '';
  const method = (called: string, body: readonly string[]): string =>
    `  ${override}async ${called}()${isTyped ? ': Promise<void>' : ''} {\n${indented(body, '    ')}  }\n`;
  const alone = `  ${override}isTransactional()${isTyped ? ': boolean' : ''} {\n    return false;\n  }\n\n`;
  const text = [
    headWith('//', parts, notes),
    isModule
      ? 'import { Migration } from "@mikro-orm/migrations";\n\n'
      : 'const { Migration } = require("@mikro-orm/migrations");\n\n',
    `${isModule ? 'export ' : ''}class ${className} extends Migration {\n`,
    parts.noTransaction ? alone : '',
    method('up', upsOf(parts).map(add)),
    '\n',
    method('down', downsOf(parts)?.map(add) ?? [THROWS]),
    '}\n',
    isModule ? '' : `\nexports.${className} = ${className};\n`,
  ].join('');
  return written([fresh(name, text)], ...notes);
};
