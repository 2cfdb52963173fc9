import type { BackendEvent } from '../../../../src/core/event.ts';
import type { Finding } from '../../../../src/core/finding.ts';
import type { CauseCandidate, CauseInput } from '../../../../src/tools/error-analyzer/analyze/cause/types.ts';
import type { TraceOrigin } from '../../../../src/tools/error-analyzer/analyze/model.ts';
import {
  deployEvent,
  ownSymptom,
  plainEvents,
  plainFindings,
  plainGroups,
  plainRollouts,
  recordAt,
} from './surroundings.ts';
import { buildWindow, type MadeGroup, type MadeRecord } from './window.ts';
import { drawPoisson, drawRequest, type Fields, MINUTE, pick, WINDOW_MS, type World } from './world.ts';

/** One planted incident with its truth. */
export interface Planted {
  kind: string;
  truth: string;
  input: CauseInput;
  /** Whether a candidate names the truth; never for incidents without a cause. */
  isRight(candidate: Pick<CauseCandidate, 'kind' | 'title'>): boolean;
}

/** What a kind of cause brings along; the rest is the same for all of them. */
export interface Plan {
  kind: string;
  truth: string;
  isRight: Planted['isRight'];
  /** Title with `<*>`, as the errors read. */
  title: string;
  /** The requests that fail. */
  hits(fields: Fields, atMs: number): boolean;
  /** Seen before, at a low rate. */
  known: boolean;
  /** The error is raised at one endpoint only. */
  endpoint: string | null;
  events: readonly BackendEvent[];
  findings: readonly Finding[];
  groups: readonly MadeGroup[];
  traces: readonly TraceOrigin[];
}

export interface Stage {
  world: World;
  /** When it begins. */
  atMs: number;
  untilMs: number;
}

const MAIN = 'maaaaaaaaaaaa';
const COMPANION = 'mbbbbbbbbbbbb';
/** Up to this share of the records, the cause has nothing to do with. */
const MOST_STRAY = 0.2;
const MAX_DRAWS = 4_000;

export function stageIncident(world: World): Stage {
  const atMs = world.fromMs + (0.55 + 0.35 * world.random()) * WINDOW_MS;
  return { world, atMs, untilMs: Math.min(world.toMs, atMs + (10 + 50 * world.random()) * MINUTE) };
}

export function plant(stage: Stage, plan: Plan, ownRollouts: readonly string[]): Planted {
  const { world, atMs, untilMs } = stage;
  const { random } = world;
  const main = mainGroup(stage, plan);
  const groups = [...plainGroups(world), main.group, ...plan.groups];
  const companion = random() < 0.5 ? [companionOf(main.group)] : [];
  const isIncident = [main.group, ...companion];
  const sinceMs = atMs + random() * 6 * MINUTE;
  const events = [
    ...world.rollouts
      .slice(1)
      .filter(({ release }) => !ownRollouts.includes(release))
      .map(deployEvent),
    ...plainEvents(world),
    ...Array.from({ length: Math.floor(3 * random()) }, (_, index) => nearDecoy(stage, index)),
    ...(random() < 0.5 ? [ownSymptom(atMs + (1 + 2 * random()) * MINUTE)] : []),
    ...plan.events,
  ].filter((event) => event.atMs <= untilMs);
  return {
    kind: plan.kind,
    truth: plan.truth,
    isRight: plan.isRight,
    input: {
      incident: {
        fromMs: sinceMs,
        toMs: untilMs,
        detections: isIncident.map(({ id, records }) => ({
          kind: plan.known ? 'spiking' : 'new',
          group: id,
          sinceMs,
          untilMs,
          count: records.length,
          expected: plan.known ? 1 : null,
          pValue: plan.known ? 1e-9 : null,
          confidence: 'likely',
          because: 'made',
        })),
      },
      window: buildWindow(
        { ...world, toMs: untilMs },
        [...groups, ...companion, retries(stage, main.group)],
        {
          traces: plan.traces,
          failing: (fields, time) =>
            time >= atMs && plan.hits(fields, time) && placed(fields, plan) ? main.failing : 0,
        },
      ),
      events: events.toSorted((a, b) => a.atMs - b.atMs),
      findings: [...plainFindings(world), ...plan.findings],
    },
  };
}

function placed(fields: Fields, { endpoint }: Plan): boolean {
  return endpoint === null || fields['endpoint'] === endpoint;
}

/** Errors of the incident, and the share of the requests it hits that fail. */
function mainGroup({ world, atMs, untilMs }: Stage, plan: Plan): { group: MadeGroup; failing: number } {
  const { random } = world;
  const records: MadeRecord[] = [];
  const add = (timeMs: number, isHit: (fields: Fields) => boolean): void => {
    const fields = drawUntil(world, timeMs, isHit);
    if (fields !== null) records.push(recordAt(world, timeMs, plan.title, fields));
  };
  if (plan.known) {
    const usual = 0.05 + 0.5 * random();
    for (let time = world.fromMs; time < untilMs; time += MINUTE) {
      for (let n = drawPoisson(random, usual); n > 0; n -= 1)
        add(time + random() * MINUTE, (fields) => placed(fields, plan));
    }
  }
  const hitting = shareHit(
    world,
    untilMs - 5 * MINUTE,
    (fields, time) => plan.hits(fields, time) && placed(fields, plan),
  );
  const requests = world.requestsPerMinute(atMs) * hitting;
  // Many are small: one or two a minute.
  const failing = Math.min(0.95, (1 + 35 * random() ** 2) / Math.max(requests, 0.01));
  const stray = MOST_STRAY * random();
  for (let time = atMs; time < untilMs; time += MINUTE) {
    const rampUp = Math.min(1, 0.4 + (time - atMs) / (3 * MINUTE));
    const nowHit = plan.kind.startsWith('deploy')
      ? shareHit(world, time, (fields, at) => plan.hits(fields, at) && placed(fields, plan)) /
        Math.max(hitting, 1e-6)
      : 1;
    for (let n = drawPoisson(random, requests * failing * rampUp * Math.min(1, nowHit)); n > 0; n -= 1) {
      const isStray = random() < stray;
      const timeMs = time + random() * MINUTE;
      add(timeMs, (fields) => placed(fields, plan) && (isStray || plan.hits(fields, timeMs)));
    }
  }
  return {
    group: {
      id: MAIN,
      title: plan.title,
      level: 'error',
      records: records.filter((one) => one.atMs < untilMs),
    },
    failing,
  };
}

function drawUntil(world: World, atMs: number, isHit: (fields: Fields) => boolean): Fields | null {
  for (let draw = 0; draw < MAX_DRAWS; draw += 1) {
    const fields = drawRequest(world, atMs);
    if (isHit(fields)) return fields;
  }
  return null;
}

function shareHit(world: World, atMs: number, hits: Plan['hits']): number {
  const draws = 1_500;
  let hit = 0;
  for (let draw = 0; draw < draws; draw += 1) if (hits(drawRequest(world, atMs), atMs)) hit += 1;
  return hit / draws;
}

/** Another error that the first one brings about in the same request. */
function companionOf({ records }: MadeGroup): MadeGroup {
  const title = 'Request failed with 500';
  return {
    id: COMPANION,
    title,
    level: 'error',
    records: records.map(({ atMs, fields }) => ({ atMs: atMs + 3, fields, text: title })),
  };
}

/** A line that comes for the first time because of the errors, and goes on beside them. */
function retries({ atMs }: Stage, { records }: MadeGroup): MadeGroup {
  const title = 'retrying request, attempt <*>';
  return {
    id: 'mcccccccccccc',
    title,
    level: 'warn',
    records: records
      .filter((record) => record.atMs >= atMs)
      .flatMap(({ atMs, fields }) =>
        [1, 2].map((attempt) => ({ atMs: atMs + attempt * 200, fields, text: title })),
      ),
  };
}

/** Something else that happened not long before. */
function nearDecoy({ world: { random }, atMs }: Stage, index: number): BackendEvent {
  const [kind, title] = pick(random, [
    ['config-change', 'retention of audit log set to 90 days'],
    ['restart', 'mailer worker restarted'],
    ['migration', 'add column note to audit_entries'],
    ['deploy', 'Deployment of admin-ui 41'],
  ] as const);
  return {
    id: `near-decoy-${index}`,
    kind,
    atMs: atMs - (12 + 48 * random()) * MINUTE,
    title,
    attributes: {},
  };
}

/** Releases that have nothing to do with it. */
export function withRollouts(world: World): World {
  return {
    ...world,
    rollouts: [...world.rollouts, ...plainRollouts(world, 1 + Math.floor(3 * world.random()))],
  };
}
