import type { Rule } from '../../../core/finding.ts';
import { TOOL } from './tool.ts';

/** Rules about statements: what they cost in a window, and what became of them since an earlier one. */
export const STATEMENT_RULES = {
  slowStatement: {
    id: `${TOOL}/slow-statement`,
    title: 'A statement takes long on average, and matters',
    severity: 'medium',
    help: 'Its mean over the window is above `slowMs` (50 ms), measured from counters, and it either took a share of the time that all statements took that is worth looking at, or was called often. Counters that are only a lower bound are still evidence. High above 500 ms with a quarter of the time. A statement that touches few pages and was met waiting for locks is not slow by itself and is left to blocking-chain; where nobody met it, the finding says that this is possible, and is never high.',
    fix: 'Look at its plan first: what it reads, and what it throws away. Then add an index, read less, or move it out of the way of requests.',
    examples: {
      reports: 'A report is called 40 times in the hour, 1.9 s each: 31 % of all time.',
      silent:
        'A look-up takes 3 ms and is called 20,000 times; or a nightly export took 2 s, once; or an UPDATE of one row waits for another transaction.',
    },
  },
  statementRegression: {
    id: `${TOOL}/statement-regression`,
    title: 'A statement takes longer per call than it did',
    severity: 'high',
    help: "The time of one call, interval by interval from the store's history, has a step (permutation test of the largest rank statistic over all places of a split, p < 0.005), is at least 1.5 times and 1 ms above what it was, at the step itself and still at the end. More calls at the same time per call are load, not a regression.",
    fix: 'Undo what changed at the step; the finding names what is known to have changed there.',
    examples: {
      reports:
        'From 02:10 a join takes 480 ms instead of 6 ms; the statistics of its table are older than its rows.',
      silent: 'A statement is called three times as often, 6 ms each as before.',
    },
  },
  planRegression: {
    id: `${TOOL}/plan-regression`,
    title: 'A statement has another plan, and is slower with it',
    severity: 'high',
    help: 'The shape of its generic plan changed between two captures, and its time per call rose with the change. A new plan that is as fast or faster is listed and not reported.',
    fix: 'Give the planner fresh statistics (ANALYZE), then look at the two plans; extended statistics where columns depend on each other.',
    examples: {
      reports:
        'A hash join became a nested loop at 02:10, and the statement took 80 times as long from then on.',
      silent: 'A new index changed the plan, and the statement is faster.',
    },
  },
  tempSpills: {
    id: `${TOOL}/temp-spills`,
    title: 'A statement sorts or hashes on disk',
    severity: 'medium',
    help: 'Its calls in the window wrote temporary files: at least 1 MB a call and 10 MB in all. What did not fit into work_mem was written and read again.',
    fix: 'An index in the order that is wanted saves the sort; fewer or narrower rows make it small; a larger work_mem for this role or transaction lets it fit.',
    examples: {
      reports: 'Each call of a report writes 38 MB of temporary files under work_mem = 4MB.',
      silent: 'One maintenance statement spilled 2 MB, once.',
    },
  },
} as const satisfies Record<string, Rule>;
