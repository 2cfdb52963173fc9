import { systemProcesses } from '../processes.ts';
import { linuxProcessUsage } from './linux.ts';
import { posixProcessUsage } from './posix.ts';
import type { ProcessUsage } from './types.ts';

/** On Windows nothing is seen: its tools name no listener without rights of an administrator. */
const NOTHING: ProcessUsage = { listeners: async () => [], read: async () => null };

export function processUsageOf(platform: NodeJS.Platform): ProcessUsage {
  if (platform === 'linux') return linuxProcessUsage;
  return platform === 'win32' ? NOTHING : posixProcessUsage(systemProcesses);
}
