import { reasonOf, RearguardError } from '../../core/errors.ts';
import { DnsFailure } from '../dns/failure.ts';
import { Cancelled, DeadlineExceeded } from './deadline.ts';
import type { PhaseName, ProbeCause } from './types.ts';

export interface Failure {
  cause: ProbeCause;
  message: string;
}

/** A failure whose cause is already known where it is raised. */
export class ProbeFailure extends Error {
  readonly probeCause: ProbeCause;

  constructor(cause: ProbeCause, message: string) {
    super(message);
    this.probeCause = cause;
  }
}

/** What went wrong, from the error and from the phase it happened in (null: before anything was sent). The message is not sanitized yet. */
export function classifyFailure(error: unknown, phase: PhaseName | null): Failure {
  if (error instanceof ProbeFailure) return failure(error.probeCause, error.message);
  if (error instanceof DeadlineExceeded) return timeoutIn(phase);
  if (error instanceof Cancelled) return failure('cancelled', 'cancelled before it was done');
  if (error instanceof DnsFailure) return failure(dnsCause(error), error.message);
  if (error instanceof RearguardError && error.code === 'E_TARGET_REFUSED') {
    return failure('target-refused', error.message);
  }
  const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? '') : '';
  return failure(causeOfCode(code, phase), `${reasonOf(error)}${PLACES[phase ?? 'queue'] ?? ''}`);
}

function failure(cause: ProbeCause, message: string): Failure {
  return { cause, message };
}

function dnsCause(error: DnsFailure): ProbeCause {
  if (error.kind === 'not-found') return 'dns-not-found';
  return error.kind === 'timeout' ? 'dns-timeout' : 'dns-failed';
}

/** At the deadline the phase reached tells what did not happen. */
function timeoutIn(phase: PhaseName | null): Failure {
  const [cause, message] = TIMEOUTS[phase ?? 'queue'];
  return failure(cause, message);
}

const NO_ANSWER = ['no-response', 'the connection was accepted, no byte of an answer came in time'] as const;
const TIMEOUTS: Readonly<Record<PhaseName, readonly [ProbeCause, string]>> = {
  queue: ['cancelled', 'the deadline passed in our own queue, before anything was sent'],
  dns: ['dns-timeout', 'the name lookup was not answered in time'],
  connect: ['connect-timeout', 'no connection in time'],
  tls: ['tls-timeout', 'the connection was accepted, the TLS handshake did not end in time'],
  request: NO_ANSWER,
  ttfb: NO_ANSWER,
  transfer: ['body-timeout', 'an answer began and did not end in time'],
};

const CONNECT_CODES: Readonly<Record<string, ProbeCause>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'connect-timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EAFNOSUPPORT: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  EMFILE: 'unreachable',
  ENFILE: 'unreachable',
};

function causeOfCode(code: string, phase: PhaseName | null): ProbeCause {
  const known = CONNECT_CODES[code];
  if (known !== undefined) return known;
  // An alert of TLS 1.3 about the client's certificate arrives only after the handshake.
  if (phase === 'tls' || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) return 'tls-failed';
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED') return 'reset';
  return 'protocol-error';
}

/** Which part of the conversation an error of the wire ended. */
const PLACES: Readonly<Partial<Record<PhaseName, string>>> = {
  tls: ' (in the TLS handshake)',
  request: ' (before any byte of an answer)',
  ttfb: ' (before any byte of an answer)',
  transfer: ' (in the middle of the answer)',
};
