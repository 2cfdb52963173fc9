import { rmSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { serve } from '../control.ts';
import { buildShop } from './app.ts';
import { createListeners, type Listeners } from './listeners.ts';
import type { ShopAddress, ShopSettings } from './settings.ts';

let app: FastifyInstance | undefined;
let listeners: Listeners | undefined;
let certificates: ShopSettings['certificates'] | undefined;
let directory: string | undefined;

serve<ShopSettings, ShopAddress>({
  async start(settings) {
    const shop = await buildShop(settings);
    app = shop;
    certificates = settings.certificates;
    directory = settings.directory;
    listeners = createListeners(
      (request, response) => shop.routing(request, response),
      settings,
      certificates.healthy,
    );
    return listeners.open();
  },
  async setFaults(names) {
    if (!app || !listeners || !certificates) return;
    app.faults.set(names);
    listeners.present(names.has('cert-expiring') ? certificates.expiring : certificates.healthy);
    if (names.has('down')) await listeners.close();
    else await listeners.open();
  },
  deploy: (release) => app?.release.deploy(release),
  async stop() {
    await listeners?.close();
    await app?.close();
  },
  leave() {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  },
});
