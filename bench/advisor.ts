import { defineBenchmark } from './lib/bench.ts';
import { benchDrops } from './lib/advisor/drop.ts';
import { benchSaas } from './lib/advisor/saas.ts';

export const benchmark = defineBenchmark({
  name: 'advisor',
  summary: 'Index advice that is built and measured, turned down with a reason, or taken back safely',
  async run({ log }) {
    return [...(await benchSaas(log)), ...(await benchDrops(log))];
  },
});
