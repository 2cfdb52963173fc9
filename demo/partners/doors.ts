import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { PaymentCertificates } from '../certificates.ts';
import { createDoor, KEEPS_CONNECTIONS } from '../door.ts';
import type { FaultName } from '../faults.ts';
import { forward } from './forward.ts';
import { gateway } from './gateway.ts';
import { createNameServer } from './names.ts';
import { delivery, ranking, shipping } from './services.ts';
import type { PartnerPorts } from './settings.ts';
import { statusPage } from './status-page.ts';

/** Everything that listens in this process, and how its faults take effect. */
export interface Doors {
  ports: Omit<PartnerPorts, 'payment' | 'cache'>;
  setFaults(names: ReadonlySet<FaultName>): Promise<void>;
  close(): Promise<void>;
}

/** The provider's TLS entry hands requests to its service at `paymentPort`. */
export async function openDoors(certificates: PaymentCertificates, paymentPort: number): Promise<Doors> {
  let faults: ReadonlySet<FaultName> = new Set();
  const isOn = (name: FaultName) => (): boolean => faults.has(name);
  const http = (handler: RequestListener) => createDoor(() => createServer(KEEPS_CONNECTIONS, handler));

  const names = [createNameServer(isOn('dns-silent')), createNameServer(() => false)] as const;
  const services = {
    delivery: http(delivery),
    ranking: http(ranking(isOn('slow-tail'))),
    shipping: http(shipping(isOn('third-party-timeout'))),
  };
  const page = http(statusPage(isOn('vendor-page-red'), Date.now));
  const behind = {
    delivery: await services.delivery.open(),
    ranking: await services.ranking.open(),
    shipping: await services.shipping.open(),
  };
  const front = http(gateway(behind));
  const secure = createDoor(() =>
    createTlsServer(certificates.complete, (request, response) =>
      forward(request, response, { port: paymentPort, path: request.url ?? '/' }),
    ),
  );
  const ports: Doors['ports'] = {
    delivery: behind.delivery,
    ranking: behind.ranking,
    names: [await names[0].open(), await names[1].open()],
    statusPage: await page.open(),
    gateway: await front.open(),
    paymentTls: await secure.open(),
  };
  return {
    ports,
    async setFaults(next) {
      faults = next;
      const { complete, withoutIntermediate } = certificates;
      secure.listener()?.setSecureContext(next.has('certificate-chain') ? withoutIntermediate : complete);
      if (next.has('parent-down')) await front.close();
      else await front.open();
    },
    async close() {
      for (const server of names) server.close();
      await Promise.all([front, secure, page, ...Object.values(services)].map((door) => door.close()));
    },
  };
}
