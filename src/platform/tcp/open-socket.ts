import { isIP } from 'node:net';
import type { Clock } from '../clock.ts';
import type { AddressResolver, Resolution } from '../dns/resolve-address.ts';
import type { NetGuard } from '../net-guard.ts';
import { type Deadline, startDeadline } from '../probe/deadline.ts';
import type { PhaseRecorder } from '../probe/phases.ts';
import type { StopSignal } from '../probe/stop-signal.ts';
import { connectAny, type TcpConnection } from './happy-eyeballs.ts';

/** A host as a plan names it, and how to find it. */
export interface Destination {
  /** A name or a literal address, IPv6 with or without brackets. */
  host: string;
  port: number;
  resolver: 'own' | 'system';
  addressFamily?: 4 | 6;
}

export interface OpenOptions {
  clock: Clock;
  guard: NetGuard;
  resolver: AddressResolver;
  deadline: Deadline;
  phases: PhaseRecorder;
  /** Longest the lookup and the connection may take, each; what is left of the deadline stays for another attempt. */
  phaseLimitMs: number;
}

/** Lookup, guard, TCP: a fresh socket. Enters the phases `dns` (not for a literal address) and `connect`. */
export async function openSocket(destination: Destination, options: OpenOptions): Promise<TcpConnection> {
  const { clock, guard, phases, deadline } = options;
  if (deadline.signal.aborted) throw deadline.signal.reason as Error;
  const host = destination.host.replace(/^\[|\]$/g, '');
  const family = destination.addressFamily;
  const resolve = (signal: StopSignal): Promise<Resolution> =>
    options.resolver(host, {
      clock,
      signal,
      mode: destination.resolver,
      ...(family === undefined ? {} : { family }),
    });
  const isLiteral = isIP(host) !== 0;
  if (!isLiteral) phases.enter('dns');
  const resolution = isLiteral ? await resolve(deadline.signal) : await withLimit(options, resolve);
  // One address of somebody else's among ours is a name that has been rebound: refuse it whole.
  for (const { address } of resolution.addresses) guard.assertAllowed(host, address);
  phases.enter('connect');
  return withLimit(options, (signal) =>
    connectAny(resolution.addresses, destination.port, { clock, signal }),
  );
}

async function withLimit<T>(options: OpenOptions, work: (signal: StopSignal) => Promise<T>): Promise<T> {
  const { clock, deadline } = options;
  const limit = startDeadline(clock, clock.monotonicMs() + options.phaseLimitMs, deadline.signal);
  try {
    return await work(limit.signal);
  } finally {
    limit.stop();
  }
}
