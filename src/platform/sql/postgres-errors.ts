import { DatabaseError } from 'pg';
import { formatDuration } from '../../core/duration.ts';
import { RearguardError } from '../../core/errors.ts';
import type { DatabaseAddress } from './address.ts';
import { DeadlineError } from './deadline.ts';

const QUERY_CANCELED = '57014';
const TOO_MANY_CONNECTIONS = '53300';
const OPERATOR_INTERVENTION = '57P';

/** What a failed query is for users; the password never shows. */
export function failedQuery(address: DatabaseAddress, error: unknown, timeoutMs: number): RearguardError {
  if (error instanceof RearguardError) return error;
  const canceled = isDatabaseError(error) && error.code === QUERY_CANCELED;
  if (canceled || error instanceof DeadlineError) {
    const limit = formatDuration(timeoutMs);
    return new RearguardError('E_TIMEOUT', { what: `A query on ${address.label}`, limit }, { cause: error });
  }
  // FATAL ends the session: the server goes down, or somebody ended us.
  if (isDatabaseError(error) && error.severity !== 'FATAL') {
    return new RearguardError('E_SQL_REFUSED', { reason: address.redact(error.message) }, { cause: error });
  }
  return unreachable(address, error);
}

export function unreachable(address: DatabaseAddress, error: unknown): RearguardError {
  const { message, code } = error as Error & { code?: string };
  if (code === TOO_MANY_CONNECTIONS) {
    return new RearguardError('E_NO_CONNECTION_LEFT', {
      what: address.label,
      reason: address.redact(message),
    });
  }
  return new RearguardError('E_UNREACHABLE', {
    what: address.label,
    // Refused on every address of a name: the driver's error has a code and no text.
    reason: address.redact(message || code || 'the connection failed'),
    hint: hintFor(error, code),
  });
}

function hintFor(error: unknown, code: string | undefined): string {
  if (code?.startsWith(OPERATOR_INTERVENTION) === true) {
    return 'It is being started, stopped or repaired, or somebody ended the session.';
  }
  return isDatabaseError(error)
    ? 'The server answered: check user, password and database name.'
    : 'Check that it runs and that host and port are right.';
}

export function isDatabaseError(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError;
}
