import { afterEach, describe, expect, it } from 'vitest';
import type { FromWorker } from './messages.ts';
import type { LoadBus, WorkerLink } from './types.ts';
import { createThreadBus } from './worker-threads.ts';

const placed: WorkerLink[] = [];
afterEach(async () => {
  await Promise.all(placed.splice(0).map((link) => link.close()));
});

/** Threads that run this text: what becomes of a link when its thread does what it should not. */
function busOf(source: string): LoadBus {
  const text = `import { parentPort } from 'node:worker_threads'; ${source}`;
  return createThreadBus(() => new URL(`data:text/javascript,${encodeURIComponent(text)}`));
}

async function place(bus: LoadBus, workers = 1): Promise<readonly WorkerLink[]> {
  const links = await bus.place(workers);
  placed.push(...links);
  return links;
}

/** What is heard first after a sign of life was sent. */
function hear(link: WorkerLink | undefined): Promise<FromWorker | string> {
  return new Promise((resolve) => {
    link?.listen({ onMessage: resolve, onLost: resolve });
    link?.send({ kind: 'alive' });
  });
}

describe('workers in threads', () => {
  it('carry messages to their own thread and back', async () => {
    const bus = busOf(`parentPort.on('message', ({ kind }) => parentPort.postMessage({ heard: kind }))`);
    const links = await place(bus, 3);
    expect(await Promise.all(links.map(hear))).toEqual([0, 1, 2].map(() => ({ heard: 'alive' })));
  });

  it.each([
    ['throws', `throw new Error('no memory left')`, 'no memory left'],
    ['exits', `process.exit(3)`, 'its thread ended with code 3'],
    ['rejects', `Promise.reject(new Error('unheard of'))`, 'unheard of'],
  ])('one that %s is lost, and says why', async (_, what, reason) => {
    const [link] = await place(busOf(`parentPort.on('message', () => { ${what} })`));
    expect(await hear(link)).toBe(reason);
  });

  it('one that is closed is not lost', async () => {
    const [link] = await place(busOf(`parentPort.on('message', () => undefined)`));
    const lost: string[] = [];
    link?.listen({ onMessage: () => undefined, onLost: (reason) => lost.push(reason) });
    await link?.close();
    await new Promise(setImmediate);
    expect(lost).toEqual([]);
  });

  it.each(['file:///no/such/file.js', `data:text/javascript,throw new Error('broken')`])(
    'one that cannot begin is lost, however late somebody listens: %s',
    async (entry) => {
      const [link] = await place(createThreadBus(() => new URL(entry)));
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await hear(link)).toMatch(/Cannot find module|broken/);
    },
  );
});
