import { defineBenchmark } from './lib/bench.ts';
import { benchDeepOffset } from './lib/advisor/deep-offset.ts';
import { benchDrops } from './lib/advisor/drop.ts';
import { benchSameAdvice } from './lib/advisor/ghost-advice.ts';
import { benchGhost } from './lib/advisor/ghost.ts';
import { benchSaas } from './lib/advisor/saas.ts';
import { benchTpch } from './lib/advisor/tpch.ts';

export const benchmark = defineBenchmark({
  name: 'advisor',
  summary: 'Index advice that is built and measured, turned down with a reason, or taken back safely',
  async run({ quick, log }) {
    return [
      // What all advice rests on first: whether a plan without the index is the plan with it.
      ...(await benchGhost(quick, log)),
      ...(await benchSameAdvice(quick, log)),
      ...(await benchTpch(quick, log)),
      ...(await benchSaas(log)),
      ...(await benchDrops(log)),
      ...(await benchDeepOffset(quick, log)),
    ];
  },
});
