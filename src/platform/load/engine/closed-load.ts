import type { LoadModel, LoadStage } from '../../../core/load/plan.ts';
import { replaceStages, shareOf, stagesDurationMs, usersAt } from '../../../core/load/stages.ts';
import { type Engine, runMsOf } from './engine.ts';
import type { LoadDriver } from './load-driver.ts';
import { closeSurplus } from './pool.ts';
import { beginRequest, takeVisitor } from './requests.ts';
import { shareLeft, survives } from './ramp-down.ts';
import { think } from './sessions.ts';
import { stepOf, type Visitor } from './visitor.ts';

type ClosedModel = Extract<LoadModel, { kind: 'users' | 'iterations' }>;

/** How many users there should be, and how many rounds they have. */
interface UserPlan {
  wanted(runMs: number): number;
  /** Asked once before a user comes. */
  mayCome(user: number): boolean;
  /** Of each user. */
  readonly rounds: number;
  /** Takes a round from what all users share; false: nothing is left. */
  takeRound(): boolean;
  /** Whether it can be over before its time, because everything is done. */
  readonly isFinite: boolean;
  endsAtRunMs(): number;
  change(fromRunMs: number, stages: readonly LoadStage[]): void;
}

/** Users who begin their next round when the last one is over: a slow server gets fewer requests. */
export function closedLoad(engine: Engine, model: ClosedModel): LoadDriver {
  const plan = userPlan(engine, model);
  const users: (Visitor | null)[] = [];
  let alive = 0;
  let wanted = 0;
  let isStarted = false;

  /** Lets in as many as the moment asks for. Who is too much goes when the round is over. */
  const adjust = (nowMs: number): void => {
    wanted = plan.wanted(runMsOf(engine, nowMs));
    if (engine.isCut || engine.rampDown !== null) return;
    const most = wanted;
    if (alive >= most) return;
    for (let user = 0; user < most; user += 1) {
      if ((users[user] ?? null) === null && plan.mayCome(user)) welcome(user, nowMs);
    }
  };
  const welcome = (user: number, nowMs: number): void => {
    const visitor = takeVisitor(engine);
    visitor.user = user;
    visitor.rounds = plan.rounds;
    users[user] = visitor;
    alive += 1;
    engine.wantedLinks = alive;
    engine.compiled.begin(visitor.session, engine.worker + user * engine.workers);
    rest(visitor, Math.max(nowMs, engine.startMs), nowMs);
  };
  const letGo = (visitor: Visitor): void => {
    users[visitor.user] = null;
    visitor.user = -1;
    alive -= 1;
    engine.wantedLinks = alive;
    engine.idleVisitors.push(visitor);
  };
  /** Until its next round, which may be now. */
  const rest = (visitor: Visitor, dueMs: number, nowMs: number): void => {
    const beginsMs = Math.max(dueMs, engine.startMs + engine.pausedUntilRunMs);
    visitor.isResting = beginsMs > nowMs;
    if (visitor.isResting) think(engine, visitor, beginsMs);
    else beginRound(visitor, beginsMs, nowMs);
  };
  const beginRound = (visitor: Visitor, intendedMs: number, nowMs: number): void => {
    visitor.isResting = false;
    const isWanted = visitor.user < wanted && survives(engine, visitor.session.number, nowMs);
    if (engine.isCut || !isWanted || visitor.rounds <= 0 || !plan.takeRound()) {
      letGo(visitor);
      return;
    }
    visitor.rounds -= 1;
    engine.counts.asked += 1;
    engine.counts.begun += 1;
    engine.live += 1;
    visitor.step = stepOf(visitor.session);
    beginRequest(engine, visitor, intendedMs, nowMs);
  };

  return {
    nextDueMs: () => (isStarted ? Infinity : engine.startMs),
    pump(nowMs) {
      if (isStarted || nowMs < engine.startMs) return;
      isStarted = true;
      adjust(nowMs);
    },
    beat(nowMs) {
      if (!isStarted) return;
      adjust(nowMs);
      for (const pool of engine.pools) {
        if (pool.links.size > alive) closeSurplus(pool, alive, nowMs);
      }
    },
    change(fromRunMs, stages) {
      plan.change(fromRunMs, stages);
    },
    afterSession(visitor, dueMs, beganWell, nowMs) {
      if (visitor.isResting) {
        if (engine.pausedUntilRunMs > runMsOf(engine, nowMs)) rest(visitor, dueMs, nowMs);
        else beginRound(visitor, dueMs, nowMs);
        return;
      }
      const { session } = visitor;
      const { iteration } = session;
      engine.compiled.again(session);
      if (!beganWell) {
        // The log-in failed: the next round begins with it.
        engine.compiled.begin(session, session.number, -1, iteration + 1);
      }
      rest(visitor, dueMs + holdBackMs(engine, visitor, nowMs), nowMs);
    },
    isOver: (nowMs) =>
      isStarted && (runMsOf(engine, nowMs) >= plan.endsAtRunMs() || (plan.isFinite && alive === 0)),
    users: () => (engine.isCut ? engine.live : alive),
    targetRate: () => null,
  };
}

/**
 * Fewer users are no lower rate where a few of them keep the server busy: while the load ramps down, those that are left also wait,
 * once more as long as their last request took at half of the load, three times at a quarter.
 */
function holdBackMs(engine: Engine, visitor: Visitor, nowMs: number): number {
  const share = shareLeft(engine, runMsOf(engine, nowMs));
  return share === 0 ? 0 : (nowMs - visitor.intendedMs) * (1 / share - 1);
}

function userPlan(engine: Engine, model: ClosedModel): UserPlan {
  const { worker, workers } = engine;
  if (model.kind === 'users') {
    let { stages } = model;
    return {
      wanted: (runMs) => usersAt(stages, runMs, worker, workers),
      mayCome: () => true,
      rounds: Infinity,
      takeRound: () => true,
      isFinite: false,
      endsAtRunMs: () => stagesDurationMs(stages),
      change(fromRunMs, next) {
        stages = replaceStages(stages, fromRunMs, next);
      },
    };
  }
  const { users, iterations, perUser, maxDurationMs } = model;
  const mine = shareOf(users, worker, workers);
  let left = perUser ? Infinity : shareOf(iterations, worker, workers);
  let come = 0;
  return {
    wanted: (runMs) => (runMs < maxDurationMs ? mine : 0),
    mayCome(user) {
      // Each comes once, in the order of their numbers.
      if (user < come || left <= 0) return false;
      come += 1;
      return true;
    },
    rounds: perUser ? iterations : Infinity,
    takeRound() {
      left -= 1;
      return left >= 0;
    },
    isFinite: true,
    endsAtRunMs: () => maxDurationMs,
    change: () => undefined,
  };
}
