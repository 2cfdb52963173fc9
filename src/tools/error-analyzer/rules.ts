import type { Rule } from '../../core/finding.ts';

export const TOOL = 'error-analyzer';
export const ALIAS = 'errors';

/** The catalogue. */
export const RULES = {
  newError: {
    id: `${TOOL}/new-error`,
    title: 'An error that was never seen before',
    severity: 'high',
    help: 'Its group has no record in anything that was read before, and what was read reaches back far enough to say so. A group that a later merge only renamed is not new. Three records in five million lines are enough.',
    fix: 'Look at the newest sample and at what changed just before its first record; the likely causes say where to begin.',
    examples: {
      reports: 'TypeError in applyDiscount, 14 times since 10:42, never in the nine days before.',
      silent: 'The same TypeError with another order number, or from another path of installation.',
    },
  },
  regressedError: {
    id: `${TOOL}/regressed-error`,
    title: 'An error that was resolved is back',
    severity: 'high',
    help: 'A person marked the group as resolved, and it has records after that, on a release that is not older than the fix. Where records name no release it is only possible.',
    fix: 'Compare with the fix of then: it is incomplete, was undone, or another path leads to the same place. `reopen` it, or resolve it again in the release that mends it.',
    examples: {
      reports: 'Resolved in 2.4.0, seen 31 times on 2.4.1.',
      silent: 'Resolved in 2.4.0, and a machine that still runs 2.3.9 reports it once more.',
    },
  },
  errorSpike: {
    id: `${TOOL}/error-spike`,
    title: 'An error is much more frequent than it should be now',
    severity: 'high',
    help: 'Its count in some minutes is beyond what the same hour of other days, and its own scatter, make likely, and at least three times as high. All groups are tested at once with a bound on the share of false discoveries.',
    fix: 'Look at what changed within the interval that the cause section names, and at the fields in which the failing records differ.',
    examples: {
      reports: 'Timeouts of the payment service: 240 in two minutes, 6 expected.',
      silent: 'Twice as many as at noon, as on every Monday morning.',
    },
  },
  escalatingError: {
    id: `${TOOL}/escalating-error`,
    title: 'An error becomes more frequent, day by day or hour by hour',
    severity: 'medium',
    help: 'Its rate grows over the window without one sudden step, more than traffic does.',
    fix: 'Look for something that fills up or wears out: connections, memory, a queue, a disk, a quota.',
    examples: {
      reports: 'Pool timeouts: 4 an hour in the morning, 60 in the evening, with the same traffic.',
      silent: 'More errors because there are more requests.',
    },
  },
  frequentError: {
    id: `${TOOL}/frequent-error`,
    title: 'A known error keeps happening',
    severity: 'medium',
    help: 'It is no news, but it makes a share of all records, or so many an hour, that users must notice. High when it is more than a twentieth of all records.',
    fix: 'Mend it, or say that it does no harm: `ignore` it until it exceeds a rate.',
    examples: {
      reports: 'Unique violations at sign-up: 20 % of the requests, since weeks.',
      silent: 'A warning of an old client, 30 times a day.',
    },
  },
  disappearedError: {
    id: `${TOOL}/disappeared-error`,
    title: 'An error that was steady has stopped',
    severity: 'info',
    help: 'A group with a steady rate has no record any more although logs go on. Usually that is a fix; it may also be a component that says nothing any more.',
    fix: 'If it was mended, `resolve` it: then it is told when it comes back. If not, see whether the component still runs.',
    examples: {
      reports: '40 an hour until 09:10, none since, with as much traffic as before.',
      silent: 'The logs as a whole stopped at 09:10.',
    },
  },
} as const satisfies Record<string, Rule>;

export const ruleList: readonly Rule[] = Object.values(RULES);
