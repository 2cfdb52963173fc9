import { defineBenchmark } from './lib/bench.ts';
import { installServers } from './lib/install-servers.ts';
import { benchFlapping } from './lib/alerts/flapping.ts';
import { benchGateway } from './lib/alerts/gateway.ts';
import { benchLostChannel } from './lib/alerts/lost-channel.ts';
import { benchReplay } from './lib/alerts/replay.ts';

export const benchmark = defineBenchmark({
  name: 'alerts',
  summary: 'Who is told what: a month replayed, flapping, a gateway with 30 children, a channel that is away',
  async run({ quick, log }) {
    installServers();
    return [
      ...(await benchReplay(quick, log)),
      ...(await benchFlapping(log)),
      ...(await benchGateway(log)),
      ...(await benchLostChannel(quick, log)),
    ];
  },
});
