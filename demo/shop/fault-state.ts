import type { FaultName } from '../faults.ts';

/** Which faults are on in this process. */
export interface FaultState {
  isOn(name: FaultName): boolean;
  set(names: ReadonlySet<FaultName>): void;
  /** Resolves at the next change. */
  changed(): Promise<void>;
}

export function createFaultState(): FaultState {
  let active: ReadonlySet<FaultName> = new Set();
  let announce: () => void = () => undefined;
  let change = new Promise<void>((resolve) => (announce = resolve));
  return {
    isOn: (name) => active.has(name),
    changed: () => change,
    set(names) {
      active = names;
      announce();
      change = new Promise<void>((resolve) => (announce = resolve));
    },
  };
}
