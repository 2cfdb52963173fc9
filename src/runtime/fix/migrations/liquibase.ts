import { posix } from 'node:path';
import { needsNoTransaction } from '../statements.ts';
import { refused } from '../plan-diff.ts';
import { assertNoQuotedBreak, doubleQuoted, fresh, upsOf, written } from './text.ts';
import type { MigrationFile, MigrationParts, MigrationStep, Writer } from './types.ts';
import { dottedAfter, stampOf, versionOf } from './version.ts';

/** One change set for each statement: it is what runs in a transaction, and is sent as it stands. */
interface ChangeSet extends MigrationStep {
  id: string;
  rule: string;
}

/** How change sets are written in a format, alone in a file or behind those that are in one. */
interface Format {
  sets: (sets: readonly ChangeSet[]) => string;
  /** `like` is the newest changelog. */
  file: (sets: string, like: string) => string;
  append: (sets: string, text: string) => string | null;
  /** The changelog with another include like that of the newest; null where there is none that can be repeated. */
  include: (text: string, newest: string, name: string) => string | null;
}

const AUTHOR = 'rearguard';

export const liquibase: Writer = (parts) => {
  const { head, headText, finding } = parts;
  const extension = posix.extname(head?.name ?? '');
  const format = FORMATS[extension];
  const refuse = (reason: string): Error =>
    refused(finding, reason, 'Write the change set by hand; `rearguard fix` prints the statement.');
  if (head === null || headText === null || format === undefined) {
    throw refuse(`changelogs that end in ${extension === '' ? 'nothing' : extension} cannot be written`);
  }
  if (extension === '.sql') assertNoQuotedBreak(parts, 'Liquibase');
  if (upsOf(parts).some((statement) => statement.includes('${'))) {
    throw refuse('a name in it holds ${, which Liquibase replaces');
  }
  if (headText.includes(finding)) throw refuse(`${head.name} has its change set already`);
  const sets = format.sets(
    parts.steps.map((step, index) => ({
      ...step,
      id: parts.steps.length > 1 ? `${finding}-${index + 1}` : finding,
      rule: parts.rule,
    })),
  );
  const { register } = parts;
  if (register?.name === head.name) {
    const text = format.append(sets, headText);
    if (text === null) throw refuse(`the end of ${head.name} was not found`);
    return written([{ name: head.name, before: headText, text }]);
  }
  const name = nameAfter(parts, extension);
  const file = fresh(name, format.file(sets, headText));
  if (register === null) return written([file]);
  return written([file, included(parts, register, name, refuse)]);
};

function included(
  { head }: MigrationParts,
  register: { name: string; text: string },
  name: string,
  refuse: (reason: string) => Error,
): MigrationFile {
  const include = FORMATS[posix.extname(register.name)]?.include;
  const text = include?.(register.text, head?.name ?? '', name) ?? null;
  if (text === null)
    throw refuse(`${register.name} names its changelogs in a way that cannot be gone on with`);
  return { name: register.name, before: register.text, text };
}

/** A changelog without a number gets a time, behind a sign that sorts behind the point of `changelog.xml`. */
function nameAfter({ head, slug, stampMs }: MigrationParts, extension: string): string {
  const name = head?.name ?? '';
  const known = versionOf(name);
  if (known === null) {
    return `${posix.basename(name, extension)}_${stampOf({ head: null, stampMs })}_${slug}${extension}`;
  }
  return `${known.prefix}${dottedAfter(known.version, stampMs)}-${slug}${extension}`;
}

const FORMATTED_SQL: Format = {
  sets: (sets) =>
    sets
      .map(({ id, rule, up, down }) => {
        const alone = needsNoTransaction(up) ? ' runInTransaction:false' : '';
        const way =
          down === null
            ? ''
            : down.length === 0
              ? '--rollback not required\n'
              : down.map((one) => `--rollback ${oneLine(one)};\n`).join('');
        return `--changeset ${AUTHOR}:${id} splitStatements:false stripComments:false${alone}\n--comment: ${rule}\n${up};\n${way}`;
      })
      .join('\n'),
  file: (sets) => `--liquibase formatted sql\n\n${sets}`,
  append: (sets, text) => `${text.trimEnd()}\n\n${sets}`,
  include: () => null,
};

/** Outside quotes only: those with a line break are refused before. */
function oneLine(statement: string): string {
  return statement.replace(/\s*\n\s*/g, ' ');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const XML_SQL = 'sql splitStatements="false" stripComments="false"';

const XML: Format = {
  sets: (sets) =>
    sets
      .map(({ id, rule, up, down }) =>
        [
          `    <changeSet id="${id}" author="${AUTHOR}"${needsNoTransaction(up) ? ' runInTransaction="false"' : ''}>\n`,
          `        <comment>${escaped(rule)}</comment>\n`,
          `        <${XML_SQL}>${escaped(up)}</sql>\n`,
          down === null ? '' : '        <rollback>\n',
          ...(down ?? []).map((one) => `            <${XML_SQL}>${escaped(one)}</sql>\n`),
          down === null ? '' : '        </rollback>\n',
          '    </changeSet>\n',
        ].join(''),
      )
      .join('\n'),
  file: (sets, like) => {
    const opening = /<((?:\w+:)?databaseChangeLog)\b[^>]*>/.exec(like);
    return `<?xml version="1.0" encoding="UTF-8"?>\n${opening?.[0] ?? '<databaseChangeLog>'}\n${sets}</${opening?.[1] ?? 'databaseChangeLog'}>\n`;
  },
  append: (sets, text) => {
    const at = text.lastIndexOf('</databaseChangeLog>');
    return at < 0 ? null : `${text.slice(0, at).trimEnd()}\n\n${sets}${text.slice(at)}`;
  },
  include: (text, newest, name) => repeated(text, /[ \t]*<include\b[^>]*\/>[ \t]*\n?/g, newest, name),
};

const YAML: Format = {
  sets: (sets) =>
    sets
      .map(({ id, rule, up, down }) =>
        [
          `  - changeSet:\n      id: ${doubleQuoted(id)}\n      author: ${AUTHOR}\n`,
          needsNoTransaction(up) ? '      runInTransaction: false\n' : '',
          `      comment: ${doubleQuoted(rule)}\n`,
          `      changes:\n${yamlSql(up)}`,
          down === null
            ? ''
            : `      rollback:\n${down.length === 0 ? '        - empty: {}\n' : down.map(yamlSql).join('')}`,
        ].join(''),
      )
      .join('\n'),
  file: (sets) => `databaseChangeLog:\n${sets}`,
  append: (sets, text) => {
    const indent = /^( *)- *(?:changeSet|include|preConditions|property)\b/m.exec(text)?.[1];
    if (indent === undefined) return null;
    return `${text.trimEnd()}\n\n${sets.replace(/^ {2}/gm, indent)}`;
  },
  include: (text, newest, name) =>
    repeated(text, /^([ \t]*)- *include:[^\n]*(?:\n\1[ \t]+[^\n]*)*\n?/gm, newest, name),
};

function yamlSql(statement: string): string {
  return `        - sql:\n            splitStatements: false\n            stripComments: false\n            sql: ${doubleQuoted(statement)}\n`;
}

const FORMATS: Readonly<Record<string, Format | undefined>> = {
  '.sql': FORMATTED_SQL,
  '.xml': XML,
  '.yaml': YAML,
  '.yml': YAML,
};

/** Puts the last include of `newest` down once more, behind it and with the other name. */
function repeated(text: string, includes: RegExp, newest: string, name: string): string | null {
  const last = [...text.matchAll(includes)].findLast(([include]) => include.includes(newest));
  if (last === undefined) return null;
  const [include] = last;
  const end = last.index + include.length;
  const line = include.replace(newest, () => name);
  return `${text.slice(0, end)}${include.endsWith('\n') ? '' : '\n'}${line}${text.slice(end)}`;
}
