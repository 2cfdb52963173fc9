import { BlockList, isIP } from 'node:net';
import { RearguardError } from '../../core/errors.ts';
import { createNetGuard, type NetGuard } from '../net-guard.ts';

/** Networks of a house rather than of the internet (RFC 6890), where no registry is. */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  PRIVATE.addSubnet(network, bits, 'ipv4');
}
PRIVATE.addAddress('::', 'ipv6');
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');

/**
 * For a registry that a directory of registries redirects to: nobody could list it beforehand, and whoever asks for a
 * domain wants its registry asked. It gets no further than the internet; what `base` allows stays allowed, and the
 * refusal of metadata addresses stands.
 */
export function guardForRegistries(base: NetGuard, host: string): NetGuard {
  // A literal address is no registry's name; listing it would also lift the refusal of metadata addresses.
  const bare = host.replace(/^\[|\]$/g, '');
  const listed = createNetGuard({ allowHosts: isIP(bare) === 0 ? [bare] : [] });
  return {
    assertAllowed(name, address) {
      try {
        base.assertAllowed(name, address);
      } catch {
        if (isPrivate(address))
          throw new RearguardError('E_TARGET_REFUSED', { host: `${name} (${address})` });
        listed.assertAllowed(name, address);
      }
    },
  };
}

function isPrivate(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && PRIVATE.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
