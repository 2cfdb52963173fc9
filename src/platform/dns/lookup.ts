import type { Clock } from '../clock.ts';
import type { StopSignal } from '../probe/stop-signal.ts';
import { type DnsQuestion, type DnsResponse, queryServer } from './query.ts';
import type { ResolverSettings } from './resolv-conf.ts';

export interface LookupOptions {
  clock: Clock;
  signal: StopSignal;
  settings: ResolverSettings;
}

/**
 * Asks the servers in order, and again for every attempt, until one gives a verdict about the name. An answer, an empty
 * answer and NXDOMAIN are verdicts; for anything else the next server is asked, and the last response is returned.
 * Undefined when there is no server to ask.
 */
export async function lookup(
  question: DnsQuestion,
  options: LookupOptions,
): Promise<DnsResponse | undefined> {
  const { clock, signal, settings } = options;
  let last: DnsResponse | undefined;
  for (let attempt = 0; attempt < settings.attempts; attempt += 1) {
    for (const server of settings.servers) {
      last = await queryServer(question, server, { clock, signal, timeoutMs: settings.timeoutMs });
      if (isVerdict(last)) return last;
    }
  }
  return last;
}

function isVerdict(response: DnsResponse): boolean {
  return response.outcome === 'answer' || response.outcome === 'empty' || response.outcome === 'not-found';
}

/** The names to try for one written name, in order: resolv.conf(5), `search` and `ndots`. */
export function candidateNames(name: string, settings: Pick<ResolverSettings, 'search' | 'ndots'>): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const searched = settings.search.map((domain) => `${name}.${domain}`);
  const dots = name.split('.').length - 1;
  return dots >= settings.ndots ? [name, ...searched] : [...searched, name];
}
