import {
  assertNoQuotedBreak,
  downsOf,
  fresh,
  headOf,
  headWith,
  terminated,
  upsOf,
  WAY_UNKNOWN,
  written,
} from './text.ts';
import type { MigrationParts, MigrationStep, Writer } from './types.ts';
import { dottedAfter, nameAfter, versionAfter, versionOf, versionsAfter } from './version.ts';

const ALONE = 'It must not run in a transaction.';

/** For styles without a way down of their own: it stands there to be read. */
function withWayBack(parts: MigrationParts, ...notes: string[]): string {
  const downs = downsOf(parts);
  const way =
    downs === null
      ? [`Way back: ${WAY_UNKNOWN} Write down what is there now.`]
      : downs.length === 0
        ? ['Way back: nothing has to be undone.']
        : ['Way back:', ...downs.map((one) => `${one};`)];
  const comment = way.flatMap((line) => line.split('\n')).map((line) => `-- ${line}\n`);
  return headWith('--', parts, notes) + comment.join('') + terminated(upsOf(parts));
}

/** Several statements that are sent at once are one transaction: each gets a migration of its own where it must not be in one. */
function portions({ steps, noTransaction }: MigrationParts): (readonly MigrationStep[])[] {
  return noTransaction ? steps.map((step) => [step]) : [steps];
}

const suffixOf = (index: number, count: number): string => (count > 1 ? `_${index + 1}` : '');

export const sql: Writer = (parts) => {
  const notes = parts.noTransaction ? [ALONE] : [];
  const name = parts.head === null ? `0001_${parts.slug}.sql` : nameAfter(parts, 'sql');
  return written([fresh(name, withWayBack(parts, ...notes))], ...notes);
};

/** Its names sort as text; a folder each. */
export const prisma: Writer = (parts) => {
  const each = portions(parts);
  const stamps = versionsAfter(parts, '', each.length);
  return written(
    each.map((steps, index) =>
      fresh(
        `${stamps[index]}_${parts.slug}${suffixOf(index, each.length)}/migration.sql`,
        withWayBack({ ...parts, steps }),
      ),
    ),
  );
};

const FLYWAY_LOCK =
  'With PostgreSQL, Flyway waits for a transaction of its own here unless flyway.postgresql.transactional.lock is false.';

export const flyway: Writer = (parts) => {
  const head = parts.head === null ? null : versionOf(parts.head.reference);
  const version = head === null ? '1' : dottedAfter(head.version, parts.stampMs);
  const name = `V${version}__${parts.slug}.sql`;
  const notes = parts.noTransaction ? [FLYWAY_LOCK] : [];
  // What holds for one migration stands in a file beside it.
  const settings = [
    ...(parts.noTransaction ? ['executeInTransaction=false\n'] : []),
    ...(upsOf(parts).some((statement) => statement.includes('${')) ? ['placeholderReplacement=false\n'] : []),
  ];
  return written(
    [
      fresh(name, withWayBack(parts, ...notes)),
      ...(settings.length === 0 ? [] : [fresh(`${name}.conf`, settings.join(''))]),
    ],
    ...notes,
  );
};

export const goose: Writer = (parts) => {
  assertNoQuotedBreak(parts, 'goose');
  const downs = downsOf(parts);
  const text = [
    headOf('--', parts),
    parts.noTransaction ? '-- +goose NO TRANSACTION\n' : '',
    `-- +goose Up\n${terminated(upsOf(parts))}`,
    // Without this part goose takes the migration back and leaves what it did.
    downs === null ? `\n-- ${WAY_UNKNOWN}\n` : `\n-- +goose Down\n${terminated(downs)}`,
  ].join('');
  return written([fresh(`${versionAfter(parts, '00001')}_${parts.slug}.sql`, text)]);
};

/** Its files are sent whole. */
export const golangMigrate: Writer = (parts) => {
  const each = portions(parts);
  const versions = versionsAfter(parts, '000001', each.length);
  return written(
    each.flatMap((steps, index) => {
      const name = `${versions[index]}_${parts.slug}${suffixOf(index, each.length)}`;
      const downs = downsOf({ steps });
      const up = fresh(`${name}.up.sql`, headOf('--', parts) + terminated(upsOf({ steps })));
      if (downs === null) return [up];
      const nothing = downs.length === 0 ? '-- Nothing has to be undone.\nSELECT 1;\n' : '';
      return [up, fresh(`${name}.down.sql`, headOf('--', parts) + nothing + terminated(downs))];
    }),
  );
};
