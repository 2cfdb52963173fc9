import { connect, type Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { ResolvedAddress } from '../dns/resolve-address.ts';
import { abortable } from '../probe/deadline.ts';
import type { StopSignal } from '../probe/stop-signal.ts';

/** Head start of each address over the next one (RFC 8305, section 8). */
const ATTEMPT_DELAY_MS = 250;

export interface TcpConnection {
  socket: Socket;
  /** The address that won. */
  address: string;
}

/** Connects to the first address that accepts, families alternating. Rejects with the most telling error, or the signal's reason. */
export function connectAny(
  addresses: readonly ResolvedAddress[],
  port: number,
  options: { clock: Clock; signal: StopSignal },
): Promise<TcpConnection> {
  return abortable(options.signal, (resolve, reject) => {
    const queue = alternateFamilies(addresses);
    const open = new Set<Socket>();
    const errors: Error[] = [];
    let callOffNext = (): void => undefined;

    function endAttempts(): void {
      callOffNext();
      queue.length = 0;
      for (const socket of open) socket.destroy();
    }

    function attemptNext(): void {
      callOffNext();
      const next = queue.shift();
      if (next === undefined) return;
      const socket = connect({ host: next.address, port, autoSelectFamily: false, noDelay: true });
      open.add(socket);
      socket.once('connect', () => {
        open.delete(socket);
        endAttempts();
        resolve({ socket, address: next.address });
      });
      // Stays for the socket's whole life: an error nobody waits for must not end the process.
      socket.on('error', (error) => {
        if (!open.delete(socket)) return;
        errors.push(error);
        if (queue.length > 0) attemptNext();
        else if (open.size === 0) reject(mostTelling(errors));
      });
      if (queue.length > 0) callOffNext = options.clock.after(ATTEMPT_DELAY_MS, attemptNext);
    }

    attemptNext();
    return endAttempts;
  });
}

/** Starts with the family of the first address, then takes turns (RFC 8305, section 4). */
function alternateFamilies(addresses: readonly ResolvedAddress[]): ResolvedAddress[] {
  if (addresses.length === 1) return [...addresses];
  const preferred = addresses.filter((entry) => entry.family === addresses[0]?.family);
  const other = addresses.filter((entry) => entry.family !== addresses[0]?.family);
  return preferred
    .flatMap((entry, index) => [entry, ...other.slice(index, index + 1)])
    .concat(other.slice(preferred.length));
}

/** "Unreachable" often only says that this machine has no IPv6; what a server answered says more. */
function mostTelling(errors: readonly Error[]): Error {
  const quiet = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);
  const telling = errors.find((error) => !quiet.has((error as NodeJS.ErrnoException).code ?? ''));
  return telling ?? errors[0] ?? new Error('no address to connect to');
}
