import { tlsNameOf, handshake } from '../../tls/handshake.ts';
import { describeTls } from '../../tls/describe.ts';
import { untrustedMessage } from '../../tls/untrusted.ts';
import { resolveAddress } from '../../dns/resolve-address.ts';
import { openSocket } from '../../tcp/open-socket.ts';
import { createRedactor } from '../../../core/redact.ts';
import { startDeadline } from '../deadline.ts';
import { classifyFailure, ProbeFailure } from '../failure.ts';
import type { ProbeContext } from '../http-probe.ts';
import { recordPhases } from '../phases.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeFacts, ProbeOutcome, TlsSummary } from '../types.ts';
import { sanitizeText } from '../untrusted-text.ts';
import { converse } from './conversation.ts';
import type { WireProtocol } from './protocol.ts';

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
  const { text: redact } = createRedactor(plan.password === undefined ? [] : [plan.password]);
  let facts: ProbeFacts = {};
  let failure: { cause: NonNullable<ProbeOutcome['cause']>; message: string } | null = null;
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
    const wire = converse(socket, phases, deadline.signal);
    try {
      const startTls = (): Promise<void> =>
        wire.replaceSocket(async (plain) => {
          phases.enter('tls');
          const name = tlsNameOf(plan.host, plan.tls);
          const secure = await handshake(plain, name, { tls: plan.tls, signal: deadline.signal });
          const described = describeTls(secure, name, { nowMs: clock.wallMs(), ca: plan.tls?.ca });
          seen.tls = described.summary;
          if (!described.trusted)
            throw new ProbeFailure('tls-failed', untrustedMessage(described.summary, name));
          return secure;
        });
      if (plan.encryption === 'implicit') await startTls();
      facts = await protocol(wire, plan, { startTls, random: Math.random });
    } finally {
      wire.end();
    }
  } catch (error) {
    failure = classifyFailure(error, phases.current);
  } finally {
    phases.finish();
    deadline.stop();
  }
  const measured = phases.result();
  return {
    success: failure === null,
    cause: failure?.cause ?? null,
    message: failure === null ? null : sanitizeText(failure.message, redact),
    status: null,
    ...measured,
    hops: [
      {
        url: `${plan.kind}://${plan.host}:${plan.port}`,
        ...seen,
        httpVersion: null,
        status: null,
        ...measured,
        bytes: 0,
      },
    ],
    failedAssertions: [],
    facts: harmless(facts, redact),
  };
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
