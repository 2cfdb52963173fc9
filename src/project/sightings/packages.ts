import { type Package } from '../packages/package.ts';
import { readPackages } from '../packages/read.ts';
import { type ClientOf, clientOf } from './clients.ts';
import { readHost } from './address.ts';
import { type Sighting, sourceText } from './sighting.ts';
import { vendorNamed } from './vendors.ts';

/** What the client libraries of a manifest or lockfile talk to; null when it cannot be read. */
export function sightInPackages(path: string, fileName: string, text: string): Sighting[] | null {
  const packages = readPackages(fileName, text);
  if (packages === null) return null;
  return packages.flatMap((one): Sighting[] => {
    // What only another library needs, or only development, the backend does not reach for itself.
    if (one.direct === false || one.development === true) return [];
    const client = clientOf(one.ecosystem, one.name);
    return client === undefined ? [] : (sightClient(client, one, path) ?? []);
  });
}

function sightClient(client: ClientOf, one: Package, path: string): Sighting[] | undefined {
  const base = {
    variable: null,
    source: sourceText(path, one.version === null ? one.name : `${one.name} ${one.version}`),
    confidence: one.direct === true ? ('likely' as const) : ('possible' as const),
  };
  if ('kind' in client)
    return [{ ...base, kind: client.kind, address: null, nameHint: client.kind, statusPage: null }];
  const vendor = vendorNamed(client.vendor);
  const [host] = vendor?.hosts ?? [];
  if (vendor === undefined || host === undefined) return undefined;
  const address = readHost('https', host);
  return [{ ...base, kind: 'https', address, nameHint: vendor.name, statusPage: vendor.statusPage }];
}
