import { createRedactor, isSecretName } from '../../../core/redact.ts';
import { resolveAddress } from '../../dns/resolve-address.ts';
import { openSocket } from '../../tcp/open-socket.ts';
import { describeTls } from '../../tls/describe.ts';
import { handshake, tlsNameOf } from '../../tls/handshake.ts';
import { untrustedMessage } from '../../tls/untrusted.ts';
import { startDeadline } from '../deadline.ts';
import { classifyFailure, type Failure, ProbeFailure } from '../failure.ts';
import type { ProbeContext } from '../http-probe.ts';
import { recordPhases } from '../phases.ts';
import type { WireKind, WirePlan } from '../plans.ts';
import type { ProbeFacts, ProbeOutcome, TlsSummary } from '../types.ts';
import { sanitizeText } from '../untrusted-text.ts';
import { isAccepted } from './accepted.ts';
import { type Conversation, converse } from './conversation.ts';
import { isLoopbackAddress } from './loopback.ts';
import type { WireProtocol } from './protocol.ts';
import { secureRandom } from './secure-random.ts';

/** Protocols whose servers choose by ALPN what to speak, when TLS comes before the first byte. */
const ALPN: Readonly<Partial<Record<WireKind, readonly string[]>>> = {
  grpc: ['h2'],
  websocket: ['http/1.1'],
  // PostgreSQL manual, "SSL Session Encryption": a direct connection without it is refused.
  postgres: ['postgresql'],
};

/** Connects, speaks the protocol's opening, and says what came of it; never throws for what the world does. */
export async function probeWire(
  plan: WirePlan,
  protocol: WireProtocol,
  context: ProbeContext,
): Promise<ProbeOutcome> {
  const { clock, guard, signal, intendedAtMonotonicMs } = context;
  const beganMs = intendedAtMonotonicMs ?? clock.monotonicMs();
  const phases = recordPhases(clock, beganMs);
  if (intendedAtMonotonicMs !== undefined) phases.enter('queue');
  const deadline = startDeadline(clock, beganMs + plan.timeoutMs, signal);
  const seen: { address: string | null; tls: TlsSummary | null } = { address: null, tls: null };
  const { text: redact } = createRedactor(secretsOf(plan));
  let wire: Conversation | undefined;
  let facts: ProbeFacts = {};
  let failure: Failure | null = null;

  async function startTls(): Promise<void> {
    await wire?.replaceSocket(async (plain) => {
      phases.enter('tls');
      const name = tlsNameOf(plan.host, plan.tls);
      const alpn = plan.encryption === 'implicit' ? ALPN[plan.kind] : undefined;
      const secure = await handshake(plain, name, {
        tls: plan.tls,
        signal: deadline.signal,
        ...(alpn === undefined ? {} : { alpn }),
      });
      const described = describeTls(secure, name, { nowMs: clock.wallMs(), ca: plan.tls?.ca });
      seen.tls = described.summary;
      if (isAccepted(secure, described, plan.tls?.verify)) return secure;
      secure.destroy();
      throw new ProbeFailure('tls-failed', untrustedMessage(described.summary, name));
    });
  }

  try {
    const { socket, address } = await openSocket(plan, {
      clock,
      guard,
      resolver: context.resolver ?? resolveAddress,
      deadline,
      phases,
      phaseLimitMs: plan.timeoutMs,
    });
    seen.address = address;
    wire = converse(socket, phases, deadline.signal);
    if (plan.encryption === 'implicit') await startTls();
    const isLocal = isLoopbackAddress(address);
    facts = await protocol(wire, plan, { startTls, isLocal, random: secureRandom });
  } catch (error) {
    failure = classifyFailure(error, phases.current);
  } finally {
    phases.finish();
    deadline.stop();
    wire?.end();
  }
  const measured = phases.result();
  const hop = {
    url: `${plan.kind}://${plan.host}:${plan.port}`,
    ...seen,
    httpVersion: null,
    status: null,
    ...measured,
    bytes: wire?.bytesReceived ?? 0,
  };
  return {
    success: failure === null,
    cause: failure?.cause ?? null,
    message: failure === null ? null : sanitizeText(failure.message, redact),
    status: null,
    ...measured,
    hops: [hop],
    failedAssertions: [],
    facts: harmless(facts, redact),
  };
}

/** What the other side might echo. */
function secretsOf({ password, headers = {} }: WirePlan): string[] {
  const ofHeaders = Object.entries(headers).flatMap(([name, value]) => (isSecretName(name) ? [value] : []));
  return password === undefined ? ofHeaders : [password, ...ofHeaders];
}

/** A server's words about itself are text from the other side like any other. */
function harmless(facts: ProbeFacts, redact: (text: string) => string): ProbeFacts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      typeof value === 'string' ? sanitizeText(value, redact) : value,
    ]),
  );
}
