import type { Rule } from '../../core/finding.ts';

export const TOOL = 'api-health-monitor';

export const RULES = {
  targetDown: {
    id: `${TOOL}/target-down`,
    title: 'A whole target cannot be reached',
    severity: 'critical',
    help: 'Every endpoint of the target fails before an answer begins, for the same reason. It is reported once, not once per endpoint.',
    fix: 'Bring the process, its listener or the name back; the cause says which.',
    examples: {
      reports: 'All endpoints answer "connection refused" in at least three of four tries.',
      silent: 'One endpoint of ten times out and the others answer.',
    },
  },
  endpointFailing: {
    id: `${TOOL}/endpoint-failing`,
    title: 'An endpoint fails nearly always',
    severity: 'critical',
    help: 'At least three of four probes failed, each confirmed on a fresh connection, and more than half of all probes in the round.',
    fix: 'Look at the newest error of this endpoint; roll back if it began with a deploy.',
    examples: {
      reports: 'GET /api/orders answers 503 to every probe while other endpoints of the target work.',
      silent: 'One probe of sixty answers 503.',
    },
  },
  noResponse: {
    id: `${TOOL}/no-response`,
    title: 'Connections are accepted and never answered',
    severity: 'critical',
    help: 'The connection opens, the request is sent, and no byte comes back before the deadline. A check that only connects calls this healthy.',
    fix: 'Look for a handler that waits without a limit: an exhausted pool, a lock, a dependency called without a timeout.',
    examples: {
      reports: 'GET /api/admin/stats accepts, and is silent until the 5 s deadline, in four tries of four.',
      silent: 'The endpoint answers after 1.5 s: that is slow, not silent.',
    },
  },
  errorRate: {
    id: `${TOOL}/error-rate`,
    title: 'More calls fail than the objective allows',
    severity: 'high',
    help: 'The share of failed probes is above the error budget with a false-alarm probability under 0.1 %, and at least three failed.',
    fix: 'Group the errors of this endpoint in the logs and start with the largest group.',
    examples: {
      reports: '18 of 60 probes answer 500 against an objective of 99.9 %.',
      silent: '1 of 60 fails: one lone failure proves nothing.',
    },
  },
  flapping: {
    id: `${TOOL}/flapping`,
    title: 'An endpoint goes up and down',
    severity: 'high',
    help: 'Stretches of failures and of successes alternate, each too long to be chance (Wald-Wolfowitz runs test, p < 0.01).',
    fix: 'Look for something that restarts, fails its readiness check or is taken in and out of a load balancer in that rhythm.',
    examples: {
      reports: 'Four seconds of 503, four seconds of 200, again and again.',
      silent: 'Errors scattered at random through the round: that is an error rate.',
    },
  },
  unexpectedResponse: {
    id: `${TOOL}/unexpected-response`,
    title: 'An endpoint answers something else than expected',
    severity: 'high',
    help: 'Most answers have a status, header or body that breaks an expectation, though the server works.',
    fix: 'Either the endpoint changed or the expectation is wrong; correct the one that is.',
    examples: {
      reports: '$.success is false in every answer, expected true.',
      silent: 'A 500: that is an error rate, whatever its body says.',
    },
  },
  latencyObjective: {
    id: `${TOOL}/latency-objective`,
    title: 'An endpoint is slower than its objective',
    severity: 'high',
    help: 'So many calls are above the limit that a p95 at the limit would show it in less than one round in a thousand (exact binomial test).',
    fix: 'See which phase takes the time. If it is the wait for the first byte, look at the queries of this endpoint.',
    examples: {
      reports: 'p95 is 412 ms against 200 ms; 58 of 60 calls are above the limit.',
      silent: '4 of 60 calls are above the limit: a p95 at the limit does that.',
    },
  },
  slowTail: {
    id: `${TOOL}/slow-tail`,
    title: 'A part of the calls is several times slower than the rest',
    severity: 'medium',
    help: 'More than 2 % of the calls take over three times the median and 50 ms more (p < 0.005), in at least three fifths of the round, or more calls than before exceed the p95 of the baseline.',
    fix: 'Look for what only some calls do: a cache miss, one slow replica, a lock, one large tenant, garbage collection.',
    examples: {
      reports: '12 of 120 calls take 110 ms, the others 27 ms.',
      silent: '1 of 120 calls takes 110 ms.',
    },
  },
  latencyRegression: {
    id: `${TOOL}/latency-regression`,
    title: 'An endpoint became slower than its baseline',
    severity: 'high',
    help: 'A one-sided rank test with autocorrelation-corrected sample size says slower, and the shift is above the floor: 5 % and 2 ms in post-deploy-check, 10 % and 5 ms in status. Holm-corrected over endpoints.',
    fix: 'Compare what the release changed on this path; roll back if it matters to users.',
    examples: {
      reports: 'The median went from 22 ms to 35 ms after deploy v2, interval +11 to +15 ms.',
      silent: 'The median went from 22 ms to 23 ms.',
    },
  },
  periodLatency: {
    id: `${TOOL}/period-latency`,
    title: 'An endpoint was slower than its objective over a period',
    severity: 'high',
    help: 'The p95 of all samples of the period, from merged histograms, is above the objective; at least 59 samples.',
    fix: 'Look at its worst hours, and at what happened then.',
    examples: {
      reports: 'p95 was 318 ms over seven days against 200 ms.',
      silent: 'One slow hour in a week whose p95 is 120 ms.',
    },
  },
  errorBudgetBurn: {
    id: `${TOOL}/error-budget-burn`,
    title: 'The error budget is being used up too fast',
    severity: 'high',
    help: 'Failed time in a long and a short window both burn the budget above the factor (14.4, 6, 3, 1), with at least three failed probes, two of them in the short window.',
    fix: 'Treat it as an incident at factor 6 and above; stop risky releases below.',
    examples: {
      reports: 'A 14 minute outage at 99.9 % over 30 days.',
      silent: 'Forty lone failures over a month.',
    },
  },
  certificateExpiring: {
    id: `${TOOL}/certificate-expiring`,
    title: 'A certificate ends soon',
    severity: 'high',
    help: 'A certificate in the served chain ends within the configured days. Every hop of a redirect and every intermediate counts.',
    fix: 'Renew it, and find out why the automatic renewal did not.',
    examples: { reports: 'The leaf ends in 5 days.', silent: 'The leaf ends in 60 days.' },
  },
  certificateInvalid: {
    id: `${TOOL}/certificate-invalid`,
    title: 'Clients refuse the certificate',
    severity: 'critical',
    help: 'The chain does not verify: expired, not yet valid, wrong name, unknown issuer, missing intermediate or weak key, each told apart.',
    fix: 'Serve a valid chain for this name, intermediates included.',
    examples: {
      reports: 'The certificate is for another name.',
      silent: 'A private CA that the config names as trusted.',
    },
  },
} as const satisfies Record<string, Rule>;

export const ruleList: readonly Rule[] = Object.values(RULES);
