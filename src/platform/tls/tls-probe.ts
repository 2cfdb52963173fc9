import { ProbeFailure } from '../probe/failure.ts';
import { type Measurement, type MeasurementContext, measureWithin } from '../probe/measurement.ts';
import type { TlsOptions, TlsSummary } from '../probe/types.ts';
import { type Destination, openSocket } from '../tcp/open-socket.ts';
import { describeTls } from './describe.ts';
import { handshake, tlsNameOf } from './handshake.ts';
import { untrustedMessage } from './untrusted.ts';

/** To look at each address behind a name, make `host` the address and `tls.serverName` the name. */
export interface TlsProbePlan extends Destination {
  timeoutMs: number;
  tls?: TlsOptions;
}

export interface TlsProbeResult extends Measurement {
  address: string | null;
  /** Every served certificate and what is wrong, also when the probe failed because of it. */
  tls: TlsSummary | null;
}

/** A full handshake, without sending anything. Fails as `tls-failed` where a client would not go on. */
export async function probeTls(plan: TlsProbePlan, context: MeasurementContext): Promise<TlsProbeResult> {
  const seen: { address: string | null; tls: TlsSummary | null } = { address: null, tls: null };
  const measurement = await measureWithin(plan.timeoutMs, context, async (tools) => {
    const { clock, deadline, phases } = tools;
    const { socket, address } = await openSocket(plan, tools);
    seen.address = address;
    try {
      phases.enter('tls');
      const name = tlsNameOf(plan.host, plan.tls);
      const secure = await handshake(socket, name, { tls: plan.tls, signal: deadline.signal });
      phases.finish();
      const described = describeTls(secure, name, { nowMs: clock.wallMs(), ca: plan.tls?.ca });
      seen.tls = described.summary;
      if (!described.trusted) throw new ProbeFailure('tls-failed', untrustedMessage(described.summary, name));
    } finally {
      socket.destroy();
    }
  });
  return { ...measurement, ...seen };
}
