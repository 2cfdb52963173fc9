import { downsOf, doubleQuoted, fresh, headOf, indented, upsOf, WAY_UNKNOWN, written } from './text.ts';
import type { Writer } from './types.ts';
import { versionAfter } from './version.ts';

export const django: Writer = (parts) => {
  const reference = parts.head?.reference ?? '';
  const [label = '', before = ''] = reference.split('.');
  const operations = parts.steps.map(({ up, down }) => {
    const way =
      down === null
        ? ''
        : `, reverse_sql=${down.length === 0 ? 'migrations.RunSQL.noop' : doubleQuoted(down.join(';\n'))}`;
    return `migrations.RunSQL(sql=${doubleQuoted(up)}${way}),`;
  });
  const number = versionAfter({ ...parts, head: parts.head && { name: before, reference: before } }, '0001');
  const text = [
    `${headOf('#', parts)}from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n`,
    parts.noTransaction ? '    atomic = False\n\n' : '',
    `    dependencies = [${before === '' ? '' : `(${doubleQuoted(label)}, ${doubleQuoted(before)})`}]\n\n`,
    `    operations = [\n${indented(operations, '        ')}    ]\n`,
  ].join('');
  return written([fresh(`${number}_${parts.slug}.py`, text)]);
};

export const alembic: Writer = (parts) => {
  const stamp = new Date(parts.stampMs).toISOString();
  const revision = parts.finding.slice(-8) + stamp.slice(5, 7) + stamp.slice(8, 10);
  // A colon before a word is a value's place in text().
  const execute = (statement: string): string =>
    `op.execute(${doubleQuoted(statement.replace(/(?<![:\w\\]):(?=\w)/g, '\\:'))})`;
  const body = (statements: readonly string[]): string => {
    if (statements.length === 0) return '    pass\n';
    return parts.noTransaction
      ? `    with op.get_context().autocommit_block():\n${indented(statements.map(execute), '        ')}`
      : indented(statements.map(execute), '    ');
  };
  const downs = downsOf(parts);
  const text = [
    `"""${parts.finding}: ${parts.rule}"""\nfrom alembic import op\n\n`,
    `revision = ${doubleQuoted(revision)}\n`,
    `down_revision = ${parts.head === null ? 'None' : doubleQuoted(parts.head.reference)}\n`,
    'branch_labels = None\ndepends_on = None\n\n\n',
    `def upgrade():\n${body(upsOf(parts))}\n\n`,
    `def downgrade():\n${downs === null ? `    raise NotImplementedError("${WAY_UNKNOWN}")\n` : body(downs)}`,
  ].join('');
  return written([fresh(`${revision}_${parts.slug}.py`, text)]);
};
