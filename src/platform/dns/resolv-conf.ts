import { getServers } from 'node:dns';
import { isIP } from 'node:net';
import type { DnsServer } from './query.ts';
import { watchFile } from './watched-file.ts';

/** What resolv.conf(5) says about how to ask. */
export interface ResolverSettings {
  servers: readonly DnsServer[];
  search: readonly string[];
  /** A name with fewer dots is tried with the search domains first. */
  ndots: number;
  /** Per query to one server. */
  timeoutMs: number;
  /** How often the whole list of servers is gone through. */
  attempts: number;
}

/** Limits and defaults are those of glibc. */
export function parseResolvConf(text: string): ResolverSettings {
  const servers: DnsServer[] = [];
  let search: string[] = [];
  const numbers = { ndots: 1, timeout: 5, attempts: 2 };
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'nameserver') servers.push(...values.slice(0, 1).flatMap(serverOrNothing));
    else if (keyword === 'search') search = values;
    else if (keyword === 'domain') search = values.slice(0, 1);
    else if (keyword === 'options') {
      for (const option of values) {
        const match = /^(ndots|timeout|attempts):(\d+)$/.exec(option);
        if (match) numbers[match[1] as keyof typeof numbers] = Number(match[2]);
      }
    }
  }
  return {
    servers: servers.slice(0, 3),
    search: search.map((domain) => domain.replace(/\.$/, '')).filter((domain) => domain !== ''),
    ndots: Math.min(numbers.ndots, 15),
    timeoutMs: Math.min(Math.max(numbers.timeout, 1), 30) * 1_000,
    attempts: Math.min(Math.max(numbers.attempts, 1), 5),
  };
}

/** `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`; undefined when it is none of them. */
export function parseDnsServer(spec: string): DnsServer | undefined {
  if (isIP(spec) !== 0) return { address: spec, port: 53 };
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(spec);
  const address = match?.[1] ?? match?.[2] ?? '';
  return match === null || isIP(address) === 0 ? undefined : { address, port: Number(match[3]) };
}

function serverOrNothing(spec: string): DnsServer[] {
  const server = parseDnsServer(spec);
  return server === undefined ? [] : [server];
}

const readResolvConf = watchFile('/etc/resolv.conf', parseResolvConf);

/** The machine's settings, read again when they changed; where there is no resolv.conf, the servers Node knows of. */
export function systemResolverSettings(): ResolverSettings {
  const settings = readResolvConf();
  return settings.servers.length > 0
    ? settings
    : { ...settings, servers: getServers().flatMap(serverOrNothing) };
}
