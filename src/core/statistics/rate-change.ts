/** Counts per slot of several series that may change together; all of one length. */
export interface RateSeries {
  counts: ArrayLike<number>;
}

export interface RateChange {
  /** Index of the first slot at the new rate. */
  at: number;
  /** The slots that hold the true one with the wanted confidence, both inclusive. */
  low: number;
  high: number;
  /** ln of how much better two rates explain the counts than one does, over all series, after taking out overdispersion. */
  logLikelihoodRatio: number;
}

export interface RateChangeOptions {
  direction: 'rise' | 'fall';
  /** Slots that may be the first at the new rate, both inclusive. */
  from: number;
  to: number;
  confidence?: number;
  /** Slots without a measurement are left out: 0. */
  exposure?: ArrayLike<number>;
}

/**
 * One change of rate at a slot common to all series: the split with the largest Poisson likelihood of two rates per series against one.
 * Its interval is that of highest posterior probability under a flat prior, rates at their estimates. Counts come in bursts,
 * so that log-likelihoods are divided by the overdispersion that is left at the best split (quasi-likelihood, never below 1).
 * Null where no split shows a change in the wanted direction.
 */
export function findRateChange(series: readonly RateSeries[], options: RateChangeOptions): RateChange | null {
  const length = Math.max(0, ...series.map(({ counts }) => counts.length));
  const first = Math.max(1, options.from);
  const last = Math.min(length - 1, options.to);
  if (first > last) return null;
  const exposed = runningSum(options.exposure ?? new Uint8Array(length).fill(1), length);
  const profile = new Float64Array(last - first + 1);
  for (const { counts } of series) addProfile(profile, { counts, exposed, length, first, options });
  const best = indexOfLargest(profile);
  const largest = profile[best] ?? 0;
  if (largest <= 0) return null;
  const [low, high] = credibleRange(profile, best, options.confidence ?? 0.95);
  return { at: first + best, low: first + low, high: first + high, logLikelihoodRatio: largest };
}

interface ProfileInput {
  counts: ArrayLike<number>;
  /** Running sum of exposure: slots before each index. */
  exposed: Float64Array;
  length: number;
  first: number;
  options: RateChangeOptions;
}

/** Adds the series' scaled log-likelihood ratio of each split; a split in the wrong direction counts as no change. */
function addProfile(profile: Float64Array, input: ProfileInput): void {
  const { counts, exposed, length, first, options } = input;
  const summed = runningSum(counts, length);
  const total = summed[length] ?? 0;
  const slots = exposed[length] ?? 0;
  if (total === 0 || slots === 0) return;
  const unchanged = entropy(total, slots);
  const sign = options.direction === 'rise' ? 1 : -1;
  const own = new Float64Array(profile.length);
  for (let index = 0; index < profile.length; index += 1) {
    const before = summed[first + index] ?? 0;
    const slotsBefore = exposed[first + index] ?? 0;
    const slotsAfter = slots - slotsBefore;
    if (slotsBefore === 0 || slotsAfter === 0) continue;
    const change = (total - before) / slotsAfter - before / slotsBefore;
    if (sign * change > 0)
      own[index] = entropy(before, slotsBefore) + entropy(total - before, slotsAfter) - unchanged;
  }
  const dispersion = dispersionAt(input, summed, first + indexOfLargest(own));
  for (let index = 0; index < profile.length; index += 1) {
    profile[index] = (profile[index] ?? 0) + (own[index] ?? 0) / dispersion;
  }
}

/** The part of a Poisson log-likelihood that depends on the rate, at its estimate: k ln(k/n). */
function entropy(count: number, slots: number): number {
  return count === 0 ? 0 : count * Math.log(count / slots);
}

/** Pearson's statistic over its degrees of freedom, each side at its own rate. */
function dispersionAt({ counts, exposed, length }: ProfileInput, summed: Float64Array, at: number): number {
  let pearson = 0;
  for (let slot = 0; slot < length; slot += 1) {
    if ((exposed[slot + 1] ?? 0) === (exposed[slot] ?? 0)) continue;
    const [from, to] = slot < at ? [0, at] : [at, length];
    const rate = ((summed[to] ?? 0) - (summed[from] ?? 0)) / ((exposed[to] ?? 0) - (exposed[from] ?? 0));
    if (rate > 0) pearson += ((counts[slot] ?? 0) - rate) ** 2 / rate;
  }
  return Math.max(1, pearson / Math.max(1, (exposed[length] ?? 0) - 2));
}

function runningSum(values: ArrayLike<number>, length: number): Float64Array {
  const summed = new Float64Array(length + 1);
  for (let index = 0; index < length; index += 1)
    summed[index + 1] = (summed[index] ?? 0) + (values[index] ?? 0);
  return summed;
}

function indexOfLargest(values: Float64Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index += 1) {
    if ((values[index] ?? 0) > (values[best] ?? 0)) best = index;
  }
  return best;
}

/** The smallest range around the best that holds the wanted share of the posterior. */
function credibleRange(profile: Float64Array, best: number, confidence: number): [number, number] {
  const largest = profile[best] ?? 0;
  const weights = profile.map((value) => (value <= 0 ? 0 : Math.exp(value - largest)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let low = best;
  let high = best;
  let held = weights[best] ?? 0;
  while (held < confidence * total) {
    const below = low > 0 ? (weights[low - 1] ?? 0) : -1;
    const above = high < weights.length - 1 ? (weights[high + 1] ?? 0) : -1;
    if (below < 0 && above < 0) break;
    if (below >= above) {
      low -= 1;
      held += below;
    } else {
      high += 1;
      held += above;
    }
  }
  return [low, high];
}
