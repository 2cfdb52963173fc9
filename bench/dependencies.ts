import { defineBenchmark } from './lib/bench.ts';
import { installServers } from './lib/install-servers.ts';
import { benchCertificates } from './lib/dependencies/certificate-faults.ts';
import { benchFrozenServers } from './lib/dependencies/frozen-servers.ts';
import { benchSilentNames } from './lib/dependencies/silent-names.ts';

export const benchmark = defineBenchmark({
  name: 'dependencies',
  summary: 'Frozen servers, silent names and bad certificates: found in time, told apart, nothing else',
  async run({ quick, log }) {
    installServers();
    return [
      ...(await benchFrozenServers(log)),
      ...(await benchSilentNames(quick, log)),
      ...(await benchCertificates(log)),
    ];
  },
});
