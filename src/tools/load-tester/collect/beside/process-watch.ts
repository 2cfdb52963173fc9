import type { CommandContext } from '../../../context.ts';
import type { LoadOptions } from '../../options.ts';
import type { ProcessSample, ProcessSeries } from '../../record.ts';
import { sampleOf, sumOfReadings, type UsageMoment } from './process-sample.ts';

export interface ProcessWatch {
  look(): Promise<void>;
  result(): ProcessSeries;
}

/** As URL.hostname writes it. */
const LOOPBACK = /^(?:localhost|::1|127(?:\.\d{1,3}){3})$/;

type Ways = Pick<CommandContext<LoadOptions>, 'processUsage' | 'clock'>;

/** The server's own processes: those configured, or who listens on the port of an origin on this machine. null: none to be seen. */
export async function watchProcess(
  { processUsage, clock }: Ways,
  setting: LoadOptions['process'],
  origins: readonly string[],
): Promise<ProcessWatch | null> {
  const found = await findProcesses(processUsage, setting, origins);
  if (found === null) return null;
  const { pids, how } = found;
  const samples: ProcessSample[] = [];
  let before: UsageMoment | null = null;

  return {
    async look() {
      const readings = await Promise.all(pids.map((pid) => processUsage.read(pid)));
      const now = { atMs: clock.wallMs(), usage: sumOfReadings(readings) };
      samples.push(sampleOf(before, now));
      before = now;
    },
    result: () => ({ pid: pids[0] ?? 0, how, samples }),
  };
}

async function findProcesses(
  usage: Ways['processUsage'],
  setting: LoadOptions['process'],
  origins: readonly string[],
): Promise<{ pids: readonly number[]; how: string } | null> {
  if (setting === 'none') return null;
  if (setting !== 'auto' && 'pid' in setting) return { pids: [setting.pid], how: 'given by its pid' };
  const ports = setting === 'auto' ? origins.flatMap(localPort) : [setting.port];
  for (const port of ports) {
    const pids = await usage.listeners(port);
    if (pids.length === 0) continue;
    const others = pids.length === 1 ? '' : ` (${pids.length} processes together)`;
    return { pids, how: `listens on port ${port}${others}` };
  }
  return null;
}

/** Only loopback: a port of another machine says nothing about the processes of this one. */
function localPort(origin: string): number[] {
  const { hostname, port, protocol } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (!LOOPBACK.test(host)) return [];
  return [port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)];
}
