import { cpus, platform } from 'node:os';

/** The machine that this program runs on. */
export interface Machine {
  readonly platform: string;
  readonly cores: number;
  /** Version of Node. */
  readonly node: string;
  /** Since it began to count, over all of its cores. */
  processorTimes(): ProcessorTimes;
}

export interface ProcessorTimes {
  idleMs: number;
  allMs: number;
}

export const systemMachine: Machine = {
  platform: platform(),
  cores: cpus().length,
  node: process.version,
  processorTimes() {
    let idleMs = 0;
    let allMs = 0;
    for (const { times } of cpus()) {
      idleMs += times.idle;
      allMs += times.user + times.nice + times.sys + times.irq + times.idle;
    }
    return { idleMs, allMs };
  },
};
