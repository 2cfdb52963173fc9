import { ProbeFailure } from '../failure.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeFacts } from '../types.ts';
import type { Conversation } from './conversation.ts';

/** What a protocol may use beside the bytes. */
export interface WireTools {
  /** Puts TLS on the connection, for protocols that ask for it in plain text first. Throws `tls-failed`. */
  startTls(): Promise<void>;
  /** Whether the other side is this machine, so that nobody reads on the way. */
  isLocal: boolean;
  /** A finite number in [0, 1), for client nonces. */
  random(): number;
}

/**
 * Speaks the opening of one protocol until the server has proved that it works, and says good-bye where the protocol has a
 * word for it, so that the server's log stays clean. Returns what the server said about itself. Throws a ProbeFailure with
 * the cause: `not-ready` when the server says it cannot serve, `auth-failed` when it refuses the credentials,
 * `protocol-error` when it speaks something else. Without credentials, a server that asks for some is up.
 */
export type WireProtocol = (wire: Conversation, plan: WirePlan, tools: WireTools) => Promise<ProbeFacts>;

export function protocolError(expected: string, got: Uint8Array): ProbeFailure {
  const shown = Buffer.from(got).subarray(0, 40).toString('latin1');
  return new ProbeFailure('protocol-error', `the answer is not ${expected}: ${JSON.stringify(shown)}`);
}
