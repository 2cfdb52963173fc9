import { parentPort, workerData } from 'node:worker_threads';
import { reasonOf } from '../../core/errors.ts';
import type { ComputeService } from './types.ts';

export interface FromComputeThread {
  answer: unknown;
  /** Null: it was answered. */
  failure: string | null;
}

const { module, setup } = workerData as { module: string; setup: unknown };
const { serve } = (await import(module)) as { serve: ComputeService };
const answerTo = serve(setup);

const answerInOrder = async (request: unknown, before: Promise<void>): Promise<void> => {
  await before;
  let message: FromComputeThread;
  try {
    message = { answer: await answerTo(request), failure: null };
  } catch (thrown) {
    message = { answer: null, failure: reasonOf(thrown) };
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message);
};

let last = Promise.resolve();
parentPort?.on('message', (request: unknown) => {
  last = answerInOrder(request, last);
});
