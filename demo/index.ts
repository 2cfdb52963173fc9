export { demoConfig } from './config.ts';
export { copyScenarios } from './scenarios.ts';
export { FAULT_NAMES, FAULTS, type Fault, type FaultName } from './faults.ts';
export { startDemo } from './start.ts';
export type { RunningDemo } from './types.ts';
