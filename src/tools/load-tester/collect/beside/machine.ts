import { cpus, platform } from 'node:os';
import type { BesideRecord, HostFingerprint } from '../../record.ts';

export function hostFingerprint(): HostFingerprint {
  return { platform: platform(), cores: cpus().length, node: process.version };
}

/** How much of this machine's processors was free, from one call of `sample` to the next. */
export interface MachineWatch {
  sample(atMs: number): void;
  samples(): BesideRecord['machine'];
}

export function watchMachine(): MachineWatch {
  const samples: { atMs: number; idle: number }[] = [];
  let before = processorTimes();
  return {
    sample(atMs) {
      const now = processorTimes();
      const all = now.all - before.all;
      if (all > 0) samples.push({ atMs, idle: (now.idle - before.idle) / all });
      before = now;
    },
    samples: () => (samples.length === 0 ? null : samples),
  };
}

function processorTimes(): { idle: number; all: number } {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, all };
}
