import type { Rule } from '../../core/finding.ts';

export const TOOL = 'dependency-health-checker';

export const RULES = {
  down: {
    id: `${TOOL}/down`,
    title: 'A dependency does not work',
    severity: 'critical',
    help: 'At least two of the first three probes failed, each on three fresh connections within one deadline, and more than half of all. The cause is what was seen on the wire: refused, no name, TLS, credentials, not ready, a status, another protocol.',
    fix: 'Bring it back, or take it out of the path of those who need it; the cause says where to begin.',
    examples: {
      reports: 'Three of three connections to redis are refused.',
      silent: 'One of ten probes failed and its two confirmations answered.',
    },
  },
  noResponse: {
    id: `${TOOL}/no-response`,
    title: 'A dependency accepts connections and never answers',
    severity: 'critical',
    help: 'The kernel accepts the connection, and the protocol gets no byte back before the deadline. A check that only connects calls this healthy.',
    fix: 'Look at the process itself: it hangs, is stopped, or waits for its disk. Restart it, and give every caller a deadline.',
    examples: {
      reports: 'Redis is stopped by a signal: the connection opens, PING gets no answer within 5 s.',
      silent: 'PING is answered after 2 s: that is slow, not silent.',
    },
  },
  affected: {
    id: `${TOOL}/affected`,
    title: 'A dependency is down because another one is',
    severity: 'info',
    help: 'It fails, and so does one that it is reached through or that it needs. The finding to act on is the other one; this says what goes with it.',
    fix: 'Bring back the dependency that it is behind.',
    examples: {
      reports: 'The gateway refuses connections, and so do the thirty services behind it.',
      silent: 'The gateway works and one service behind it fails: that service is down.',
    },
  },
  flapping: {
    id: `${TOOL}/flapping`,
    title: 'A dependency goes up and down',
    severity: 'high',
    help: 'Weighted changes of state in the last 21 probes exceed 30 %, and come in stretches rather than at random.',
    fix: 'Look for something that restarts, fails its readiness check or is moved between machines in that rhythm.',
    examples: {
      reports: 'Three minutes up, three minutes down, again and again.',
      silent: 'One outage with a beginning and an end.',
    },
  },
  errorRate: {
    id: `${TOOL}/error-rate`,
    title: 'A part of the connections to a dependency fails',
    severity: 'high',
    help: 'More first tries failed than 1 % explains (p < 0.001), at least three. A second try that works is a success for uptime and still a failed first try here.',
    fix: 'Group the failures by cause; start with the most frequent one.',
    examples: {
      reports: 'Four of ten first tries are answered with 503.',
      silent: 'One of ten is.',
    },
  },
  slow: {
    id: `${TOOL}/slow`,
    title: 'A dependency is slower than its objective, or than it used to be',
    severity: 'high',
    help: 'Either so many answers are above `latency` that a p95 at the limit would show it in less than one look in a thousand (exact binomial test), or, against its own samples of the last 7 days, a one-sided rank test with autocorrelation-corrected sizes gives p < 0.001 and the median rose by more than 30 % and 20 ms.',
    fix: 'See which phase takes the time, and whether something changed on the other side; give callers a deadline meanwhile.',
    examples: {
      reports: 'The payment API takes 410 ms; over the last week its median was 90 ms.',
      silent: 'Its median went from 90 ms to 105 ms.',
    },
  },
  certificateExpiring: {
    id: `${TOOL}/certificate-expiring`,
    title: 'A certificate of a dependency ends soon',
    severity: 'high',
    help: 'A certificate that is served ends within the configured days: leaf and intermediates, of every address behind the name and every hop of a redirect.',
    fix: 'Renew it where it is yours; tell its owner where it is not.',
    examples: { reports: 'The intermediate ends in 2 days.', silent: 'The leaf ends in 60 days.' },
  },
  certificateInvalid: {
    id: `${TOOL}/certificate-invalid`,
    title: 'Clients refuse the certificate of a dependency',
    severity: 'critical',
    help: 'The chain that an address or a hop serves does not verify: expired, not yet valid, wrong name, unknown issuer, missing intermediate, self-signed or weak key, each told apart.',
    fix: 'Serve a valid chain for this name, intermediates included, on every address.',
    examples: {
      reports: 'One of two addresses behind the name serves a certificate that has expired.',
      silent: 'A private authority that the config names as trusted.',
    },
  },
  domainExpiring: {
    id: `${TOOL}/domain-expiring`,
    title: 'The registration of a domain ends soon',
    severity: 'high',
    help: 'The registry says (RDAP) that the registration ends within 30 days (low), 14 days (high) or 3 days (critical).',
    fix: 'Renew the registration, and check that its automatic renewal and the payment behind it work.',
    examples: {
      reports: 'example.com ends in 9 days.',
      silent: 'example.com ends in 200 days, or the registry publishes no date.',
    },
  },
  quotaLow: {
    id: `${TOOL}/quota-low`,
    title: 'The quota of a dependency is nearly used up',
    severity: 'medium',
    help: 'Its RateLimit or X-RateLimit headers leave less than 10 % of the limit, or it answers 429.',
    fix: 'See who spends the quota; cache, slow down, or ask for more before it is used up.',
    examples: {
      reports: 'x-ratelimit-remaining: 12 of 5000.',
      silent: 'x-ratelimit-remaining: 4800 of 5000, or no such header.',
    },
  },
  deprecated: {
    id: `${TOOL}/deprecated`,
    title: 'A dependency says that it will go away',
    severity: 'medium',
    help: 'Its answers carry a Deprecation (RFC 9745) or Sunset (RFC 8594) header. High when the sunset is less than 30 days away.',
    fix: 'Plan the move to its successor before the sunset.',
    examples: {
      reports: 'sunset: Wed, 31 Dec 2026 23:59:59 GMT',
      silent: 'Neither header is there.',
    },
  },
  nameServer: {
    id: `${TOOL}/name-server`,
    title: 'One of the name servers does not answer, or answers differently',
    severity: 'high',
    help: 'Each configured server is asked by itself. One is silent or fails while another answers, or their answers differ.',
    fix: 'Take the server that fails out of the list, or bring it back; compare the zones where they differ.',
    examples: {
      reports: '10.0.0.3 is silent while 10.0.0.2 answers: half of the lookups wait for a timeout.',
      silent: 'Both answer with the same records.',
    },
  },
  vendorIncident: {
    id: `${TOOL}/vendor-incident`,
    title: "A vendor's status page reports trouble",
    severity: 'medium',
    help: 'The status page of the dependency, or the component that matters, is not operational. Info when our own probes are fine and it is only degraded. A page that is green never overrides a probe that fails.',
    fix: 'Read the incident; switch to the fallback if you have one.',
    examples: {
      reports: 'The page says "major outage".',
      silent: 'The page is operational, or cannot be read.',
    },
  },
} as const satisfies Record<string, Rule>;

export const ruleList: readonly Rule[] = Object.values(RULES);
