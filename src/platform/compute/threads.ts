import { Worker } from 'node:worker_threads';
import { reasonOf, RearguardError } from '../../core/errors.ts';
import { workerEntry } from '../worker-entry.ts';
import type { FromComputeThread } from './entry.ts';
import type { ComputeThread, ComputeThreads } from './types.ts';

export function createComputeThreads(): ComputeThreads {
  return { start: startThread };
}

interface Waiting {
  resolve: (answer: unknown) => void;
  reject: (error: Error) => void;
}

const YOUNG_MEGABYTES = 8;

function startThread(module: URL, setup: unknown): ComputeThread {
  const thread = new Worker(workerEntry(import.meta.url, './entry'), {
    name: 'rearguard-compute',
    // V8 lets a young generation grow to 48 MB before it looks what of it is still used; what streams through needs a few.
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    workerData: { module: module.href, setup },
  });
  const waiting: Waiting[] = [];
  let loss: Error | null = null;
  const lose = (reason: string): void => {
    loss ??= new RearguardError('E_INTERNAL', { message: `a thread was lost: ${reason}` });
    for (const { reject } of waiting.splice(0)) reject(loss);
  };
  thread.on('message', ({ answer, failure }: FromComputeThread) => {
    const first = waiting.shift();
    if (failure === null) first?.resolve(answer);
    else first?.reject(new RearguardError('E_INTERNAL', { message: failure }));
  });
  thread.on('messageerror', (error) => lose(reasonOf(error)));
  thread.on('error', (error) => lose(reasonOf(error)));
  thread.on('exit', (code) => lose(`it ended with code ${code}`));
  return {
    call: (request, transfer = []) =>
      new Promise((resolve, reject) => {
        if (loss !== null) return reject(loss);
        waiting.push({ resolve, reject });
        return thread.postMessage(request, [...transfer]);
      }),
    async close() {
      await thread.terminate();
    },
  };
}
