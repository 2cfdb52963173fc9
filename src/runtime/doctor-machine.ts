import { monitorEventLoopDelay } from 'node:perf_hooks';
import { formatDuration } from '../core/duration.ts';
import type { Clock } from '../platform/clock.ts';
import type { Examination } from './doctor-data.ts';

/** `engines` of package.json. */
const OLDEST_NODE = [20, 19] as const;
/** Before the first release: the machine's clock was never set. */
const EARLIEST_SENSIBLE_MS = Date.UTC(2025, 0, 1);
const LATEST_SENSIBLE_MS = Date.UTC(2100, 0, 1);
const OBSERVED_MS = 250;
/** Above it a measurement of a few milliseconds says more about this machine than about the backend. */
const LAGGING_MS = 20;

export function examineNode(version: string): Examination {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  const isRecent = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  return isRecent
    ? { name: 'Node.js', result: 'ok', detail: version }
    : {
        name: 'Node.js',
        result: 'fail',
        detail: `${version} is too old.`,
        hint: `Install ${OLDEST_NODE.join('.')} or newer.`,
      };
}

/** Wall time must be a sensible date and must not move against monotonic time. */
export async function examineClock(clock: Clock): Promise<Examination> {
  const name = 'clock';
  const wallMs = clock.wallMs();
  const hint = 'Set the clock, and keep it with NTP: samples and certificates are judged by it.';
  if (wallMs < EARLIEST_SENSIBLE_MS || wallMs > LATEST_SENSIBLE_MS) {
    return { name, result: 'fail', detail: `It says ${new Date(wallMs).toISOString()}.`, hint };
  }
  const monotonicMs = clock.monotonicMs();
  await clock.sleep(OBSERVED_MS);
  const stepMs = clock.wallMs() - wallMs - (clock.monotonicMs() - monotonicMs);
  // Slewing by NTP is at most 0.5 ms a second; anything visible here is a step.
  if (Math.abs(stepMs) > 50) {
    return { name, result: 'warn', detail: `It was stepped by ${formatDuration(stepMs)} just now.`, hint };
  }
  return { name, result: 'ok', detail: new Date(wallMs).toISOString() };
}

export async function examineEventLoop(clock: Clock): Promise<Examination> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await clock.sleep(OBSERVED_MS);
  delay.disable();
  // The monitor's timer itself takes its resolution; what is beyond that is delay.
  const lagMs = Math.max(0, (Number.isFinite(delay.max) ? delay.max : 0) / 1e6 - 5);
  const detail = `at most ${formatDuration(lagMs)} late`;
  return lagMs < LAGGING_MS
    ? { name: 'event loop', result: 'ok', detail }
    : {
        name: 'event loop',
        result: 'warn',
        detail,
        hint: 'This machine is busy; samples taken now may be marked as suspect and left out.',
      };
}
