import type { Rule } from '../../core/finding.ts';

export const TOOL = 'load-tester';

export const RULES = {
  sloMissed: {
    id: `${TOOL}/slo-missed`,
    title: 'An endpoint misses its objective under load',
    severity: 'high',
    help: 'More responses are above the latency objective, or more requests fail, than the objective allows: an exact binomial tail over the counts of one-second slices, corrected for how much slices differ, gives p < 0.001, and at least half of the slices are above it themselves. Latency counts from the intended time, without what was our own lateness; dropped arrivals count as slow.',
    fix: 'See which part of the response takes the time at this load, and where the curve of latency over load bends; start with the endpoint with the largest share of requests.',
    examples: {
      reports: 'At 200 requests/s the p95 of GET /api/search is 840 ms, the objective 200 ms.',
      silent: 'Its p95 is 190 ms with one second at 230 ms.',
    },
  },
  throughputBelowTarget: {
    id: `${TOOL}/throughput-below-target`,
    title: 'The backend completes fewer requests than the plan asked for',
    severity: 'high',
    help: 'Well-answered requests a second stay more than 5 % below what the open plan asks for over its steady part. The generator was fit, so the difference is failures, sessions that found no place in the queue, and ones that wait in a queue which only grows.',
    fix: 'Find what limits the backend at this rate: `load-tester capacity` says how much it does take.',
    examples: {
      reports: '500 requests/s asked for, 380 answered well.',
      silent: '500 asked for, 497 answered well, 3 under way at the end.',
    },
  },
  rateNotSustained: {
    id: `${TOOL}/rate-not-sustained`,
    title: 'The backend does not keep up with the rate',
    severity: 'high',
    help: 'Arrivals were dropped because the queue was full; or sessions still waited when the drain after the end was over; or what is in flight and queued grows steadily until the end of the steady part (Mann-Kendall test, p < 0.001, and by more than a second of arrivals). In a run of a few seconds: what is in flight and queued grows in each second after the first by more than 5 % of its arrivals, and more sessions wait for a connection in the end than chance brings a server at just this rate (four standard deviations). Less than three seconds of one load are not judged by their queue.',
    fix: 'Below this rate the backend is stable, above it every queue grows without end: add capacity, make requests cheaper, or shed load early with 429 and Retry-After.',
    examples: {
      reports: 'At 300 sessions/s 12 % are dropped, and the queue is full from second 8 on.',
      silent: 'A pause of 400 ms queues 120 sessions, which are gone a second later.',
    },
  },
  saturationKnee: {
    id: `${TOOL}/saturation-knee`,
    title: 'More load brings no more throughput from here on',
    severity: 'info',
    help: 'Over the steps of users that were measured, throughput grows with the load up to this point and by less than half in proportion beyond it, while latency grows. That is where a queue begins; it is a fact of every backend, and worth knowing before users find it.',
    fix: 'Keep production at 70 % of it or below; `load-tester capacity` finds it within 5 %.',
    examples: {
      reports: '10 users: 480 requests/s, 20 users: 900, 40 users: 930 at twice the latency.',
      silent: 'Throughput still doubles with the last doubling of users.',
    },
  },
  errorsUnderConcurrency: {
    id: `${TOOL}/errors-under-concurrency`,
    title: 'An endpoint fails when requests come side by side',
    severity: 'high',
    help: 'Requests fail in a way that none of them did one at a time, in the calm phase before, and more often than chance explains (Fisher, p < 0.001), or their bodies name a cause that needs company: a unique violation, a deadlock, a serialization failure, an exhausted pool.',
    fix: 'Reproduce with two requests at once; look for a read that decides about a later write, for missing transactions and for limits of pools.',
    examples: {
      reports:
        'POST /api/carts answers 500 "duplicate key value violates unique constraint" in 4 % of requests from 10 users on, and never with one.',
      silent: 'It fails as often with one user: that is an error, not one of concurrency.',
    },
  },
  memoryGrowth: {
    id: `${TOOL}/memory-growth`,
    title: 'The memory of the server grows with every request',
    severity: 'high',
    help: 'The floor of resident memory (its lowest values between collections of garbage) rises over the requests of the steady part: a robust slope (Theil-Sen) whose 99 % interval is above 256 bytes a request, also in the later half, and at least 16 MiB in all. What only fills up rises at first and then stands.',
    fix: 'Compare two heap snapshots with load between them; look for maps, arrays, listeners and caches without a bound.',
    examples: {
      reports: 'Memory grows by 21 kB a request from 90 MiB to 410 MiB in a minute.',
      silent: 'It grows to 180 MiB while the server warms up, and then swings between 150 and 180.',
    },
  },
  latencyCliff: {
    id: `${TOOL}/latency-cliff`,
    title: 'Throughput stands still while latency grows: a pool or a lock',
    severity: 'medium',
    help: "From one step of users to the next, throughput stays within 15 % while latency grows with the users, and the server had processor to spare: its process used and waited for less than 0.7 of a core, and the machine was not full. So requests queue for something with few places: by Little's law, places = throughput × time of one request alone. Only info where the server had none to spare, or where that cannot be seen.",
    fix: 'Look for a pool of that size (database connections, HTTP agent, worker threads) or a lock, and for what holds its places so long.',
    examples: {
      reports:
        '8 users: 100 requests/s at 80 ms; 32 users: 101 requests/s at 320 ms; processor at 12 %: 4 places of 40 ms.',
      silent: 'The same curve with the processor at 100 %: that is saturation.',
    },
  },
  serialisedEndpoint: {
    id: `${TOOL}/serialised-endpoint`,
    title: 'An endpoint handles one request at a time',
    severity: 'high',
    help: 'A latency cliff at one endpoint with a single place: its throughput times the time of one request alone is about 1, while other endpoints go on, or it is the only one. A mutex, an advisory lock, a row that everybody updates, or synchronous work.',
    fix: 'Find what is held over the whole request and shorten it: lock less, lock later, lock one row instead of one for all.',
    examples: {
      reports: 'POST /api/orders takes 30 ms alone and never more than 33 a second, with 2 or with 20 users.',
      silent: 'It is slow because its query is slow, and twenty of them run side by side.',
    },
  },
  unfairEndpoint: {
    id: `${TOOL}/unfair-endpoint`,
    title: 'One endpoint makes the others slow',
    severity: 'medium',
    help: 'Under load the endpoints that are quick alone wait as long as the slow one takes: their latency rises by more than 10 times and 100 ms over that of the calm phase, while the slow one itself hardly changes and holds most of the time in service. They stand behind it in the same queue. Only info under a closed load, which drives any server to its limit.',
    fix: 'Give the slow endpoint places of its own (a separate pool, a concurrency limit, a worker), or make it cheaper.',
    examples: {
      reports: 'GET /api/report takes 600 ms; beside it GET /api/products goes from 3 ms to 420 ms.',
      silent: 'All endpoints become slower together, by the same factor.',
    },
  },
  connectionsNotReused: {
    id: `${TOOL}/connections-not-reused`,
    title: 'The server closes the connection after each response',
    severity: 'medium',
    help: 'Asked to keep connections alive, the server closed at least 50 of them, after at most two requests on average. Every request then pays for TCP, and TLS where there is one, and ports run out under load.',
    fix: 'Turn keep-alive on in server and proxy, with an idle timeout longer than that of the proxy before it; look for `Connection: close`.',
    examples: {
      reports: '1,000 requests needed 998 connections; opening one takes 1.2 ms of 3.1 ms.',
      silent: 'Connections are closed after 1,000 requests each, as nginx does.',
    },
  },
  stalls: {
    id: `${TOOL}/stalls`,
    title: 'The whole server falls silent, again and again',
    severity: 'high',
    help: 'At least three times no request of any endpoint ended for 200 ms or longer while several were in flight, where ten or more usually end in that time. Spans in which we ourselves were late do not count, nor do ones no longer than two responses take; only info where the machine had no processor free meanwhile. Garbage collection, synchronous work in an event loop, a checkpoint, a paused machine.',
    fix: 'Watch event-loop delay and pauses of garbage collection at these times; take synchronous work out of the requests.',
    examples: {
      reports: 'Every 2 s nothing completes for 400 ms, on all endpoints at once.',
      silent: 'One endpoint pauses while others complete, or a single pause.',
    },
  },
  thresholdCrossed: {
    id: `${TOOL}/threshold-crossed`,
    title: 'A threshold of the run was crossed',
    severity: 'high',
    help: 'A limit that was given with --threshold or in the scenario did not hold over the run, or had no samples to be judged by: what was not measured does not pass.',
    fix: 'Look at the figures over time: whether it was above the limit all along, from a load on, or in one stretch.',
    examples: {
      reports: 'p95<200ms, and the p95 is 240 ms.',
      silent: 'The p95 is 199 ms.',
    },
  },
  regressionUnderLoad: {
    id: `${TOOL}/regression-under-load`,
    title: 'The new version is slower, or fails more often, under the same load',
    severity: 'high',
    help: "Blocks of the same load on both versions in turn: a sign-flip test of the paired log ratios with Holm's correction over endpoints, and the interval of the ratio wholly beyond the margin. Against a saved baseline the blocks are unpaired, and the report says that this is weaker.",
    fix: 'Compare what changed between the versions; the endpoint with the largest ratio comes first.',
    examples: {
      reports: 'GET /api/products: p50 1.12 times as long, 95 % interval 1.09 to 1.15, over 16 pairs.',
      silent: 'Ratio 1.02, interval 0.97 to 1.07.',
    },
  },
} as const satisfies Record<string, Rule>;

export const ruleList: readonly Rule[] = Object.values(RULES);
