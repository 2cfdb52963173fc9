import { type PartProcess, serve, startPart } from '../control.ts';
import { type Doors, openDoors } from './doors.ts';
import type { PartnerPorts, PartnerSettings } from './settings.ts';

/** They are frozen, each alone, so they are processes of their own; this one looks after them. */
const payment: PartProcess<null> = startPart('payment', { quiet: false });
const cache: PartProcess<null> = startPart('cache', { quiet: false });

let doors: Doors | undefined;

serve<PartnerSettings, PartnerPorts>({
  async start({ certificates }) {
    const start = { kind: 'start', options: null } as const;
    const [paymentPort, cachePort] = (await Promise.all([payment.ask(start), cache.ask(start)])) as [
      number,
      number,
    ];
    doors = await openDoors(certificates, paymentPort);
    return { ...doors.ports, payment: paymentPort, cache: cachePort };
  },
  async setFaults(names) {
    await doors?.setFaults(names);
    // A frozen process hears nothing: it is thawed, told, and frozen again.
    payment.thaw();
    await payment.ask({ kind: 'faults', names: [...names] });
    if (names.has('payment-frozen')) payment.freeze();
    if (names.has('redis-frozen')) cache.freeze();
    else cache.thaw();
  },
  async stop() {
    await Promise.all([payment.end(), cache.end(), doors?.close()]);
  },
  leave() {
    payment.kill();
    cache.kill();
  },
});
