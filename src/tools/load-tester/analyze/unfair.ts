import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { ms } from '../../../core/rounding.ts';
import { RULES } from '../rules.ts';
import { type EndpointFigures, sliceFigures } from './figures.ts';
import { formatLatency } from './format.ts';
import { endpointSubject, type Situation, steadyWhole } from './situation.ts';

const MIN_CALM = 20;
const MIN_LOADED = 60;
const SLOW_ALONE_MS = 50;
/** How much quicker than the slow one the others are alone. */
const QUICKER = 10;
const RISES_BY = 10;
const RISES_BY_MS = 100;
/** The slow one itself stays within this: else everything is slow, and nobody is to blame. */
const SLOW_RISES_BY = 3;
const HOLDS = 0.5;

/** unfair-endpoint: quick endpoints that wait behind a slow one. */
export function assessUnfair(situation: Situation): Assessment {
  const assessment = emptyAssessment();
  const { calm, record } = situation;
  if (calm === null) return assessment;
  const alone = new Map(sliceFigures(calm).endpoints.map((figures) => [figures.name, figures]));
  const loaded = sliceFigures(steadyWhole(situation)).endpoints.filter(
    ({ name, ended }) => ended >= MIN_LOADED && (alone.get(name)?.ended ?? 0) >= MIN_CALM,
  );
  if (loaded.length < 2) return assessment;
  for (const { name } of loaded) {
    assessment.checked.push({ subject: endpointSubject(name), rule: RULES.unfairEndpoint });
  }
  const all = loaded.reduce((sum, figures) => sum + timeOf(figures), 0);
  for (const slow of loaded) {
    const slowAlone = alone.get(slow.name)?.service.p50?.ms ?? 0;
    const slowNow = slow.response.p50?.ms ?? 0;
    if (slowAlone < SLOW_ALONE_MS || timeOf(slow) < HOLDS * all || slowNow > SLOW_RISES_BY * slowAlone)
      continue;
    const victims = loaded.filter((figures) => {
      const [before, now] = [alone.get(figures.name)?.service.p50?.ms, figures.response.p50?.ms];
      if (before === undefined || now === undefined || before * QUICKER > slowAlone) return false;
      return now >= RISES_BY * before && now >= before + RISES_BY_MS;
    });
    if (victims.length === 0) continue;
    assessment.findings.push({
      rule: RULES.unfairEndpoint.id,
      // Users of a closed load drive a server to its limit, where everything queues behind everything.
      severity: record.plan.open ? RULES.unfairEndpoint.severity : 'info',
      confidence: record.plan.open ? 'likely' : 'possible',
      title: `${slow.name} makes ${victims
        .map(({ name }) => name)
        .slice(0, 3)
        .join(', ')} wait`,
      subject: endpointSubject(slow.name),
      evidence: [
        { label: `${slow.name} alone, p50`, value: ms(slowAlone), unit: 'ms' },
        ...victims.flatMap(({ name, response }) => [
          { label: `${name} alone, p50`, value: ms(alone.get(name)?.service.p50?.ms ?? 0), unit: 'ms' },
          { label: `${name} under load, p50`, value: ms(response.p50?.ms ?? 0), unit: 'ms' },
        ]),
      ],
      impact: {
        summary: victims
          .map(
            ({ name, response }) =>
              `${name}: ${formatLatency(alone.get(name)?.service.p50?.ms ?? 0)} to ${formatLatency(response.p50?.ms ?? 0)}`,
          )
          .join('; '),
        basis: 'measured',
      },
      fix: { summary: RULES.unfairEndpoint.fix, steps: [] },
      check: situation.check,
    });
  }
  return assessment;
}

function timeOf({ rate, service }: EndpointFigures): number {
  return rate * (service.mean ?? 0);
}
