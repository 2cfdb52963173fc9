import { type Unknown, unknown } from '../reading.ts';
import type { ServerFacts } from './server.ts';
import { quoteName } from './sql.ts';

export function grantMonitor({ user }: Pick<ServerFacts, 'user'>): string {
  return `GRANT pg_monitor TO ${quoteName(user)};`;
}

/** For what the server shows of other users to members of pg_monitor only. */
export function needsMonitor(server: ServerFacts): Unknown | null {
  return server.seesAllSessions
    ? null
    : unknown('the role sees only its own sessions and statements', grantMonitor(server));
}
