export { demoConfig } from './config.ts';
export { type Fault, FAULT_NAMES, FAULTS, type FaultName, isFaultName } from './faults.ts';
export { type DemoOptions, type RunningDemo, startDemo } from './start.ts';
