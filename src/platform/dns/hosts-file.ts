import { isIP } from 'node:net';
import { watchFile } from './watched-file.ts';

/** Addresses of each name in lower case, in the file's order. */
export type HostsTable = ReadonlyMap<string, readonly string[]>;

/** hosts(5): an address and its names per line, `#` starts a comment. */
export function parseHosts(text: string): HostsTable {
  const table = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const name of names.map((name) => name.toLowerCase())) {
      const known = table.get(name);
      if (known === undefined) table.set(name, [address]);
      else if (!known.includes(address)) known.push(address);
    }
  }
  return table;
}

const HOSTS_PATH =
  process.platform === 'win32'
    ? `${process.env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\drivers\\etc\\hosts`
    : '/etc/hosts';

/** The machine's hosts file, read again when it changed. */
export const systemHosts: () => HostsTable = watchFile(HOSTS_PATH, parseHosts);
