import { counted } from '../../../core/counted.ts';
import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { ms } from '../../../core/rounding.ts';
import { RULES } from '../rules.ts';
import { sliceFigures } from './figures.ts';
import { formatRate } from './format.ts';
import { type LoadLevel, type Situation, targetSubject } from './situation.ts';

const MIN_LEVELS = 3;
const MIN_ENDED = 50;
/** Beyond the knee throughput grows by less than this share of what the load does, and responses take this much longer. */
const IN_PROPORTION = 0.5;
const SLOWER = 1.5;

/** saturation-knee: the last step of users up to which throughput grew with them. */
export function assessKnee(situation: Situation): Assessment {
  const assessment = emptyAssessment();
  const levels = situation.levels.filter(({ whole }) => sliceFigures(whole).whole.ended >= MIN_ENDED);
  if (levels.length < MIN_LEVELS) return assessment;
  const subject = targetSubject(situation);
  assessment.checked.push({ subject, rule: RULES.saturationKnee });
  const knee = levels.findIndex((level, index) => isKnee(level, levels[index + 1]));
  const [at, beyond] = [levels[knee], levels[knee + 1]];
  if (at === undefined || beyond === undefined) return assessment;
  const [low, high] = [sliceFigures(at.whole).whole, sliceFigures(beyond.whole).whole];
  assessment.findings.push({
    rule: RULES.saturationKnee.id,
    severity: RULES.saturationKnee.severity,
    confidence: 'likely',
    title: `${situation.target} bends at about ${formatRate(low.goodput)} requests/s with ${counted(at.users, 'user')}`,
    subject,
    evidence: levels.map((level) => {
      const { goodput, response } = sliceFigures(level.whole).whole;
      return {
        label: counted(level.users, 'user'),
        value: `${formatRate(goodput)} req/s, p50 ${ms(response.p50?.ms ?? 0)} ms`,
      };
    }),
    impact: {
      summary: `From ${at.users} to ${counted(beyond.users, 'user')}: ${formatRate(low.goodput)} to ${formatRate(high.goodput)} requests/s`,
      basis: 'measured',
    },
    fix: { summary: RULES.saturationKnee.fix, steps: ['rearguard load-tester capacity'] },
    check: situation.check,
  });
  return assessment;
}

function isKnee(level: LoadLevel, next: LoadLevel | undefined): boolean {
  if (next === undefined) return false;
  const [low, high] = [sliceFigures(level.whole).whole, sliceFigures(next.whole).whole];
  const [before, after] = [low.response.p50?.ms ?? 0, high.response.p50?.ms ?? 0];
  const load = next.users / level.users - 1;
  const gain = high.goodput / Math.max(low.goodput, 1e-9) - 1;
  return load > 0.25 && gain < IN_PROPORTION * load && after >= SLOWER * before;
}
