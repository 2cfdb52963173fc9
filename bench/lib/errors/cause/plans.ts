import { DEPENDENCIES, dependencyChange, deployEvent, makeFinding } from './surroundings.ts';
import { basePlan, type CauseMaker, names } from './plan-base.ts';
import { drawRequest, type Fields, MINUTE, pick, pickWeighted, releaseAt, type World } from './world.ts';

type Variant = 'quick' | 'canary' | 'without-field' | 'unmarked';

export function deploy(variant: Variant): CauseMaker {
  return (stage) => {
    const { world, atMs } = stage;
    const release = '2.4.0';
    const hosts =
      variant === 'canary' ? Math.max(2, Math.round(0.3 * world.hosts.length)) : world.hosts.length;
    const rollout = {
      release,
      hosts,
      atMs: atMs - 4 * world.random() * MINUTE,
      lastsMs: (1 + 7 * world.random()) * MINUTE,
    };
    const own: World = {
      ...world,
      logsRelease: variant !== 'without-field',
      rollouts: [...world.rollouts.filter((one) => one.atMs < rollout.atMs), rollout],
    };
    return {
      world: own,
      plan: {
        ...basePlan(stage),
        kind: 'deploy',
        truth: release,
        known: false,
        isRight: ({ kind, title }) => kind === 'deploy' && title.includes(release),
        hits: ({ host }, time) => releaseAt(own, host ?? '', time) === release,
        events: variant === 'unmarked' ? [] : [deployEvent(rollout)],
      },
      unmarked: [release],
    };
  };
}

type Choice = readonly [field: string, value: string];

/** Requests with these values fail. */
export function concentrated(fields: readonly string[]): CauseMaker {
  return (stage) => {
    const { world } = stage;
    const choices = chooseValues(world, stage.atMs, fields);
    return {
      plan: {
        ...basePlan(stage),
        kind: fields.length === 1 ? `bad ${fields[0]}` : 'combination',
        truth: choices.map(([field, value]) => `${field} = ${value}`).join(' and '),
        isRight: ({ kind, title }) => kind === 'dimension' && namesExactly(title, choices),
        endpoint: null,
        hits: (request) => choices.every(([field, value]) => request[field] === value),
      },
    };
  };
}

/** Only one client version, only on the new release. */
export const releaseForClient: CauseMaker = (stage) => {
  const made = deploy('canary')(stage);
  const client = pickWeighted(stage.world.random, stage.world.clients.slice(0, 4));
  return {
    ...made,
    plan: {
      ...made.plan,
      kind: 'deploy and client',
      truth: `2.4.0 and client = ${client}`,
      hits: (fields, atMs) => made.plan.hits(fields, atMs) && fields['client'] === client,
      isRight: ({ title }) => title.includes('2.4.0') && title.includes(`client = ${client}`),
    },
  };
};

/** Values of one request, so that they do occur together, of a tenant that is no dwarf. */
function chooseValues(world: World, atMs: number, fields: readonly string[]): Choice[] {
  for (;;) {
    const request: Fields = drawRequest(world, atMs);
    const choices = fields.map((field): Choice => [field, request[field] ?? '']);
    const hits = Array.from({ length: 1_000 }, () => drawRequest(world, atMs)).filter((one) =>
      choices.every(([field, value]) => one[field] === value),
    ).length;
    if (hits >= 5 && hits <= 400) return choices;
  }
}

/** Exactly these fields, in any order; a second name of the same thing does not count. */
function namesExactly(title: string, choices: readonly Choice[]): boolean {
  const terms = title.replace(/^(?:only|mostly) /, '').split(' and ');
  return (
    terms.length === choices.length &&
    choices.every(([field, value]) => terms.includes(`${field} = ${value}`))
  );
}

export const databaseLock: CauseMaker = (stage) => {
  const { world, atMs } = stage;
  const { random } = world;
  const seenMs = atMs + (0.5 + 2.5 * random()) * MINUTE;
  const way = pick(random, ['event', 'finding', 'both'] as const);
  return {
    plan: {
      ...basePlan(stage),
      kind: 'database lock',
      truth: 'blocking chain on public.orders',
      title: pick(random, [
        'canceling statement due to lock timeout',
        'timeout exceeded when trying to connect to the pool',
        'canceling statement due to statement timeout',
        'could not obtain lock on row in relation orders',
      ]),
      isRight: names('blocking'),
      events:
        way === 'finding'
          ? []
          : [
              {
                id: 'lock',
                kind: 'incident',
                atMs: seenMs,
                target: 'main-database',
                title: 'sessions blocked on public.orders',
                attributes: { database: 'main-database' },
              },
            ],
      findings:
        way === 'event'
          ? []
          : [
              makeFinding(
                'database-performance-tracker/blocking-chain',
                'target',
                'main-database',
                'critical',
                seenMs,
              ),
            ],
    },
  };
};

/** The finding or the event of the lock, by its own words. */
export const migrationLock: CauseMaker = (stage) => {
  const made = databaseLock(stage);
  const atMs = stage.atMs - 2 * stage.world.random() * MINUTE;
  return {
    plan: {
      ...made.plan,
      kind: 'database lock',
      truth: 'migration of orders',
      title: 'canceling statement due to lock timeout',
      findings: [],
      events: [
        {
          id: 'own-migration',
          kind: 'migration',
          atMs,
          title: 'alter table orders add constraint',
          attributes: { table: 'orders' },
        },
      ],
      isRight: ({ kind, title }) => kind === 'event' && title.includes('alter table orders'),
    },
  };
};

export const dependencyDown: CauseMaker = (stage) => {
  const { world, atMs } = stage;
  const { random } = world;
  const dependency = pick(random, DEPENDENCIES);
  const other = pick(
    random,
    DEPENDENCIES.filter((name) => name !== dependency),
  );
  const seenMs = atMs + 3 * random() * MINUTE;
  const isEvent = random() < 0.75;
  return {
    plan: {
      ...basePlan(stage),
      kind: 'dependency',
      truth: dependency,
      title: pick(random, [
        `connect ECONNREFUSED ${dependency}:443`,
        `call to ${dependency} failed: ETIMEDOUT after <*> ms`,
        `${dependency} answered: Request failed with status code 503`,
        `getaddrinfo ENOTFOUND ${dependency}.internal`,
      ]),
      isRight: ({ kind, title }) => (kind === 'event' || kind === 'finding') && title.includes(dependency),
      events: [
        ...(isEvent ? [dependencyChange(dependency, seenMs, 'down')] : []),
        ...(random() < 0.5 ? [dependencyChange(other, atMs - 8 * random() * MINUTE, 'down')] : []),
      ],
      findings: isEvent
        ? []
        : [makeFinding('dependency-health-checker/down', 'dependency', dependency, 'critical', seenMs)],
    },
  };
};

export const certificateExpired: CauseMaker = (stage) => {
  const { random } = stage.world;
  const dependency = pick(random, DEPENDENCIES);
  const isKnown = random() < 0.5;
  return {
    plan: {
      ...basePlan(stage),
      kind: 'certificate',
      truth: 'certificate expired',
      known: false,
      title: pick(random, [
        `request to https://${dependency}.example/api failed, reason: certificate has expired`,
        `CERT_HAS_EXPIRED: certificate of ${dependency} has expired`,
      ]),
      isRight: ({ kind, title }) =>
        (kind === 'signature' || kind === 'finding' || kind === 'event') && /certificate/i.test(title),
      findings: isKnown
        ? [
            makeFinding(
              'dependency-health-checker/certificate-expiring',
              'certificate',
              dependency,
              'high',
              stage.atMs - 9 * 86_400_000,
            ),
          ]
        : [],
    },
  };
};

export const flagLine: CauseMaker = (stage) => {
  const { world, atMs } = stage;
  const title = 'feature checkout-v2 enabled for all tenants';
  const seenMs = atMs - 3 * world.random() * MINUTE;
  return {
    plan: {
      ...basePlan(stage),
      kind: 'change in the log',
      truth: title,
      title: 'checkout-v2: total of order <*> is not a number',
      known: false,
      isRight: ({ kind, title: said }) => kind === 'new-template' && said.includes(title),
      groups: [
        {
          id: 'mdddddddddddd',
          title,
          level: 'info',
          records: [{ atMs: seenMs, fields: { service: 'shop' }, text: title }],
        },
      ],
    },
  };
};

export const upstream: CauseMaker = (stage) => {
  const { world, atMs, untilMs } = stage;
  const { random } = world;
  const origin = 'meeeeeeeeeeee';
  const title = 'stock of item <*> is locked by another reservation';
  const times = Array.from({ length: 60 }, () => atMs + random() * (untilMs - atMs));
  return {
    plan: {
      ...basePlan(stage),
      kind: 'upstream',
      truth: title,
      isRight: ({ kind, title: said }) => kind === 'upstream' && said.includes('stock of item'),
      groups: [
        {
          id: origin,
          title,
          level: 'error',
          records: times.map((time) => ({ atMs: time, fields: { service: 'inventory' }, text: title })),
        },
      ],
      traces: times.map((time, index) => ({
        trace: `t${index}`,
        group: index % 10 === 0 ? 'maaaaaaaaaaaa' : origin,
        service: index % 10 === 0 ? 'shop' : 'inventory',
        atMs: time,
        later: index % 10 === 0 ? [] : ['maaaaaaaaaaaa'],
      })),
    },
  };
};

/** Errors come up, and nothing that is known explains them. */
export const none: CauseMaker = (stage) => ({
  plan: { ...basePlan(stage), kind: 'none', truth: 'none', isRight: () => false },
});

/** Thirty with a cause and ten without. */
export const MAKERS: readonly CauseMaker[] = [
  ...(['quick', 'quick', 'canary', 'without-field', 'unmarked'] as const).map(deploy),
  ...Array.from({ length: 4 }, () => concentrated(['host'])),
  ...Array.from({ length: 4 }, () => concentrated(['tenant'])),
  concentrated(['host', 'tenant']),
  concentrated(['tenant', 'client']),
  concentrated(['client', 'region']),
  concentrated(['host', 'client']),
  releaseForClient,
  databaseLock,
  databaseLock,
  databaseLock,
  migrationLock,
  ...Array.from({ length: 4 }, () => dependencyDown),
  certificateExpired,
  certificateExpired,
  flagLine,
  upstream,
  ...Array.from({ length: 10 }, () => none),
];
