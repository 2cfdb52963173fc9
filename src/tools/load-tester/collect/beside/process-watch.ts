import type { CommandContext } from '../../../context.ts';
import type { LoadOptions } from '../../options.ts';
import type { ProcessSeries } from '../../record.ts';

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
  const samples: { atMs: number; processor: number | null; residentBytes: number | null }[] = [];
  let before: { atMs: number; processorMs: number } | null = null;

  return {
    async look() {
      const readings = await Promise.all(pids.map((pid) => processUsage.read(pid)));
      const atMs = clock.wallMs();
      const seen = readings.filter((reading) => reading !== null);
      // One that has ended would look like memory that was given back.
      if (seen.length < pids.length) {
        samples.push({ atMs, processor: null, residentBytes: null });
        before = null;
        return;
      }
      const processorMs = seen.reduce((sum, reading) => sum + reading.processorMs, 0);
      const residentBytes = seen.reduce((sum, reading) => sum + reading.residentBytes, 0);
      const processor =
        before === null || atMs <= before.atMs
          ? null
          : (processorMs - before.processorMs) / (atMs - before.atMs);
      samples.push({ atMs, processor, residentBytes });
      before = { atMs, processorMs };
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
