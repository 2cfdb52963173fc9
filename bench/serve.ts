import { defineBenchmark } from './lib/bench.ts';
import { benchAccess } from './lib/serve/access.ts';
import { benchEndurance } from './lib/serve/endurance.ts';
import { benchKills } from './lib/serve/kills.ts';

export const benchmark = defineBenchmark({
  name: 'serve',
  summary: 'The daemon: an hour at 1,000 monitors, 50 SIGKILLs, and who may ask it anything',
  async run({ quick, log }) {
    return [
      ...(await benchAccess(log)),
      ...(await benchKills(quick ? 5 : 50, log)),
      ...(await benchEndurance(quick, log)),
    ];
  },
});
