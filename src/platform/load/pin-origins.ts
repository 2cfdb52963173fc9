import { RearguardError } from '../../core/errors.ts';
import type { LoadOrigin } from '../../core/load/plan.ts';
import type { Clock } from '../clock.ts';
import { type AddressResolver, resolveAddress, type ResolvedAddress } from '../dns/resolve-address.ts';
import { isLoopback, type NetGuard } from '../net-guard.ts';
import { startDeadline } from '../probe/deadline.ts';
import { classifyFailure } from '../probe/failure.ts';
import { connectAny } from '../tcp/happy-eyeballs.ts';
import type { PinnedOrigin } from './bus/messages.ts';

const LOOKUP_TIMEOUT_MS = 10_000;

export interface PinContext {
  guard: NetGuard;
  clock: Clock;
  signal: AbortSignal;
  /** Hosts beyond this machine that may be put under load. */
  confirmed: readonly string[];
  connectTimeoutMs: number;
  /** Other than the machine's own lookup. */
  resolver?: AddressResolver;
}

/**
 * Finds where each origin's requests go, once: a name that is bound to another address afterwards leads nowhere else. All addresses
 * of a name must be allowed, not only the one that is taken; nothing is connected to before all of them are.
 * Throws E_TARGET_REFUSED, E_CONFIRMATION, E_UNREACHABLE, or the signal's reason.
 */
export async function pinOrigins(
  origins: readonly LoadOrigin[],
  context: PinContext,
): Promise<PinnedOrigin[]> {
  const places = origins.map(({ url }) => placeOf(url));
  const addresses = new Map<string, readonly ResolvedAddress[]>();
  for (const host of new Set(places.map(({ host }) => host))) {
    addresses.set(host, await lookUp(host, context));
  }
  for (const [host, found] of addresses) {
    for (const { address } of found) context.guard.assertAllowed(host, address);
  }
  assertConfirmed(addresses, context.confirmed);
  return Promise.all(
    places.map(async ({ url, host, port }) => ({
      url,
      port,
      address: await reach(url, addresses.get(host) ?? [], port, context),
    })),
  );
}

interface Place {
  url: string;
  /** Without the brackets of IPv6. */
  host: string;
  port: number;
}

function placeOf(url: string): Place {
  const { hostname, port, protocol } = new URL(url);
  const standardPort = protocol === 'https:' ? 443 : 80;
  return {
    url,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? standardPort : Number(port),
  };
}

async function lookUp(host: string, context: PinContext): Promise<readonly ResolvedAddress[]> {
  const { clock, signal, resolver = resolveAddress } = context;
  const deadline = startDeadline(clock, clock.monotonicMs() + LOOKUP_TIMEOUT_MS, signal);
  try {
    const resolution = await resolver(host, { clock, signal: deadline.signal, mode: 'own' });
    return resolution.addresses;
  } catch (error) {
    signal.throwIfAborted();
    throw new RearguardError(
      'E_UNREACHABLE',
      {
        what: host,
        reason: classifyFailure(error, 'dns').message,
        hint: 'Check the name; /etc/hosts and the name servers of this machine were asked.',
      },
      { cause: error },
    );
  } finally {
    deadline.stop();
  }
}

function assertConfirmed(
  addresses: ReadonlyMap<string, readonly ResolvedAddress[]>,
  confirmed: readonly string[],
): void {
  const agreed = new Set(confirmed.map(comparable));
  const asked = [...addresses].flatMap(([host, found]) => {
    const beyond = found.find(({ address }) => !isLoopback(address));
    return beyond === undefined || agreed.has(comparable(host)) ? [] : [{ host, address: beyond.address }];
  });
  if (asked.length === 0) return;
  const named = asked.map(({ host, address }) => (host === address ? host : `${host} (${address})`));
  throw new RearguardError('E_CONFIRMATION', {
    message: `This puts ${named.join(' and ')} under load, which is not this machine.`,
    hint: `If its owner agrees, run it again with --confirm ${asked.map(({ host }) => host).join(',')}`,
  });
}

function comparable(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

/** The first address that accepts a connection: `localhost` has two, and servers often listen at one of them. */
async function reach(
  url: string,
  addresses: readonly ResolvedAddress[],
  port: number,
  { clock, signal, connectTimeoutMs }: PinContext,
): Promise<string> {
  const deadline = startDeadline(clock, clock.monotonicMs() + connectTimeoutMs, signal);
  try {
    const { socket, address } = await connectAny(addresses, port, { clock, signal: deadline.signal });
    socket.destroy();
    return address;
  } catch (error) {
    signal.throwIfAborted();
    throw new RearguardError(
      'E_UNREACHABLE',
      {
        what: url,
        reason: classifyFailure(error, 'connect').message,
        hint: 'Start the server, or correct the address.',
      },
      { cause: error },
    );
  } finally {
    deadline.stop();
  }
}
