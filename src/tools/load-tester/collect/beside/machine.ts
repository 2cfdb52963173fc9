import type { Machine } from '../../../../platform/machine.ts';
import type { BesideRecord } from '../../record.ts';

/** How much of this machine's processors was free, from one call of `sample` to the next. */
export interface MachineWatch {
  sample(atMs: number): void;
  samples(): BesideRecord['machine'];
}

export function watchMachine(machine: Machine): MachineWatch {
  const samples: { atMs: number; idle: number }[] = [];
  let before = machine.processorTimes();
  return {
    sample(atMs) {
      const now = machine.processorTimes();
      const allMs = now.allMs - before.allMs;
      if (allMs > 0) samples.push({ atMs, idle: (now.idleMs - before.idleMs) / allMs });
      before = now;
    },
    samples: () => (samples.length === 0 ? null : samples),
  };
}
