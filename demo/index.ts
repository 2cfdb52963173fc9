export { demoConfig } from './config.ts';
export { FAULT_NAMES, FAULTS, type FaultName } from './faults.ts';
export { type RunningDemo, startDemo } from './start.ts';
