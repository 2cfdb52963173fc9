import { BlockList, isIP } from 'node:net';
import { RearguardError } from '../core/errors.ts';

/** Decides whether traffic may go to a host; asked again for every redirect hop, with the address it resolved to. */
export interface NetGuard {
  /** Throws E_TARGET_REFUSED. `host` is the name as written in the URL, `resolvedAddress` where a socket would go. */
  assertAllowed(host: string, resolvedAddress: string): void;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Link-local networks and the cloud metadata addresses outside them: whoever reaches these can read a machine's credentials. */
const METADATA = new BlockList();
METADATA.addSubnet('169.254.0.0', 16, 'ipv4');
METADATA.addSubnet('fe80::', 10, 'ipv6');
METADATA.addAddress('fd00:ec2::254', 'ipv6'); // AWS
METADATA.addAddress('100.100.100.200', 'ipv4'); // Alibaba Cloud
METADATA.addAddress('168.63.129.16', 'ipv4'); // Azure
METADATA.addAddress('192.0.0.192', 'ipv4'); // Oracle Cloud

/**
 * Loopback is always allowed. Anything else needs its name in `allowHosts` (exact, or `*.example.com` for every name
 * below example.com); a listed name may resolve to anything but a metadata address, which must be listed literally.
 */
export function createNetGuard(options: { allowHosts: readonly string[] }): NetGuard {
  const exact = new Set<string>();
  const suffixes: string[] = [];
  for (const entry of options.allowHosts.map(canonicalHost)) {
    if (entry.startsWith('*.')) suffixes.push(entry.slice(1));
    else exact.add(entry);
  }
  const isListed = (host: string): boolean =>
    exact.has(host) || suffixes.some((suffix) => host.length > suffix.length && host.endsWith(suffix));

  return {
    assertAllowed(host, resolvedAddress) {
      const name = canonicalHost(host);
      const address = canonicalHost(resolvedAddress);
      if (isIn(LOOPBACK, address)) return;
      const allowed = isIn(METADATA, address) ? exact.has(address) : isListed(name);
      if (!allowed) {
        throw new RearguardError('E_TARGET_REFUSED', {
          host: name === address ? name : `${name} (${address})`,
        });
      }
    },
  };
}

/** Whether an address, in any of its forms, is this machine's own. */
export function isLoopback(address: string): boolean {
  return isIn(LOOPBACK, canonicalHost(address));
}

function isIn(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Lower case, without brackets, zone or final dot; IPv6 in its shortest form, and as IPv4 where it only wraps one. */
function canonicalHost(host: string): string {
  const bare = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/%.*$/, '')
    .replace(/\.$/, '');
  if (isIP(bare) !== 6) return bare;
  const canonical = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  // IPv4-mapped (RFC 4291) and NAT64 (RFC 6052) forms reach the IPv4 address inside them.
  const wrapped = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (!wrapped) return canonical;
  const high = Number.parseInt(wrapped[1] ?? '', 16);
  const low = Number.parseInt(wrapped[2] ?? '', 16);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
