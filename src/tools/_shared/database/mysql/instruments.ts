import { type Reading, unknown } from '../reading.ts';
import { isAtLeast, isOn, type MysqlServer } from './server.ts';

/** What counts statements, and what each needs in the server's configuration. */
const SWITCH_ON = `Put this under [mysqld] (MariaDB: [mariadb]) of the server's configuration and restart it:
performance_schema=ON
performance-schema-consumer-statements-digest=ON
performance-schema-instrument='statement/%=ON'
performance-schema-instrument='wait/io/table/sql/handler=ON'
Nothing of it can be switched on while the server runs. It costs some 100 MB of memory (MySQL has it on by default).`;

/** Why no statements are counted, with the exact steps that change it; null: they are. */
export function statementsUnknown({ variables }: Pick<MysqlServer, 'variables'>): Reading<never> | null {
  if (!isOn(variables.get('performance_schema'))) {
    return unknown('performance_schema is off, so the server counts no statements', SWITCH_ON);
  }
  if (variables.get('performance_schema_digests_size') === '0') {
    return unknown(
      'performance_schema keeps no digests of statements',
      'Put performance_schema_digests_size=10000 under [mysqld] of its configuration and restart the server.',
    );
  }
  return null;
}

/** Statements that switch on, until the next restart, what is off though performance_schema is on. */
export function consumersHint(missing: readonly ('digest' | 'statements' | 'table-io')[]): string {
  const statements = {
    digest: "UPDATE performance_schema.setup_consumers SET ENABLED = 'YES' WHERE NAME = 'statements_digest';",
    statements:
      "UPDATE performance_schema.setup_instruments SET ENABLED = 'YES', TIMED = 'YES' WHERE NAME LIKE 'statement/%';",
    'table-io':
      "UPDATE performance_schema.setup_instruments SET ENABLED = 'YES', TIMED = 'YES' WHERE NAME = 'wait/io/table/sql/handler';",
  };
  return missing.map((name) => statements[name]).join('\n');
}

/** Where this server says who waits for the rows of whom. */
export function lockSource(server: Pick<MysqlServer, 'dialect' | 'version'>): 'data_locks' | 'innodb_locks' {
  return server.dialect === 'mysql' && isAtLeast(server, '8.0') ? 'data_locks' : 'innodb_locks';
}
