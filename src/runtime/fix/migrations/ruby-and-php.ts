import {
  classNameOf,
  downsOf,
  fresh,
  headOf,
  indented,
  singleQuoted,
  upsOf,
  WAY_UNKNOWN,
  written,
} from './text.ts';
import type { Writer } from './types.ts';
import { stampOf } from './version.ts';

export const rails: Writer = (parts) => {
  const version = /ActiveRecord::Migration(\[[\d.]+\])/.exec(parts.headText ?? '')?.[1] ?? '[7.0]';
  const execute = (statement: string): string => `execute ${singleQuoted(statement)}`;
  const downs = downsOf(parts)?.map(execute) ?? ['raise ActiveRecord::IrreversibleMigration'];
  const text = [
    `${headOf('#', parts)}class ${classNameOf(parts.slug)} < ActiveRecord::Migration${version}\n`,
    parts.noTransaction ? '  disable_ddl_transaction!\n\n' : '',
    `  def up\n${indented(upsOf(parts).map(execute), '    ')}  end\n\n`,
    `  def down\n${indented(downs, '    ')}  end\nend\n`,
  ].join('');
  return written([fresh(`${stampOf(parts)}_${parts.slug}.rb`, text)]);
};

/** `2025_01_01_120000_users` */
const UNDERSCORED = /^(\d{4})_(\d\d)_(\d\d)_(\d{6})/;

export const laravel: Writer = (parts) => {
  const digits =
    UNDERSCORED.exec(parts.head?.reference ?? '')
      ?.slice(1)
      .join('') ?? '';
  const stamp = stampOf({ ...parts, head: { name: digits, reference: digits } });
  const time = `${stamp.slice(0, 4)}_${stamp.slice(4, 6)}_${stamp.slice(6, 8)}_${stamp.slice(8)}`;
  // unprepared(): a question mark is a value's place everywhere else.
  const run = (statement: string): string => `DB::unprepared(${singleQuoted(statement)});`;
  const method = (name: string, body: readonly string[]): string =>
    `    public function ${name}(): void\n    {\n${indented(body, '        ')}    }\n`;
  const downs = downsOf(parts)?.map(run) ?? [`throw new \\RuntimeException('${WAY_UNKNOWN}');`];
  const text = [
    `<?php\n\n${headOf('//', parts)}use Illuminate\\Database\\Migrations\\Migration;\nuse Illuminate\\Support\\Facades\\DB;\n\n`,
    'return new class extends Migration\n{\n',
    parts.noTransaction ? '    public $withinTransaction = false;\n\n' : '',
    method('up', upsOf(parts).map(run)),
    '\n',
    method('down', downs),
    '};\n',
  ].join('');
  return written([fresh(`${time}_${parts.slug}.php`, text)]);
};
