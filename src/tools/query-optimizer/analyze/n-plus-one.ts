import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import type { StatementDelta } from '../../_shared/database/statements.ts';
import { RULES } from '../rules.ts';
import type { WorkloadQuery } from '../workload.ts';
import { type RuleContext, rowsPerCall, shareOf } from './context.ts';
import { figure, percentOf, rounded } from './figures.ts';
import { type Found, queryFinding, subjectOf } from './finding.ts';
import { type Lookup, lookupsOf, type Relation, relationOf } from './lookups.ts';
import { compareSteps, type Togetherness } from './together.ts';

/** One look-up for each row of a list, as the counters show it. */
export interface NPlusOne {
  lookup: Lookup;
  parent: WorkloadQuery;
  relation: Relation;
  /** By whom, where the server says so. */
  user: string | null;
  /** Over the window. */
  calls: number;
  parentCalls: number;
  parentRows: number;
  together: Togetherness;
}

/** With one step nothing can be seen to move together; the counts must then be nearly the same, and large. */
const SINGLE_STEP = { tolerance: 0.03, calls: 200 };
/** Of the sum over all steps; calls of one request may fall into two steps. */
const MAX_DIFFERENCE = 0.15;
const LEAST_CORRELATION = 0.8;
/** One look-up more for each row more; calls of a request that fall into two steps blur it. */
const SLOPE = { least: 0.6, most: 1.5 };

/**
 * Look-ups whose calls equal the rows of a list in the same window, by the same user, with a column that the list
 * returns. Equal totals may be chance, so over several steps both must move together.
 */
export function findNPlusOne(context: RuleContext): NPlusOne[] {
  const { options, workload } = context;
  const lists = workload.queries.filter(
    (query) => query.shape.kind === 'select' && rowsPerCall(query) >= options.nPlusOne.perList,
  );
  return workload.queries
    .filter(({ calls }) => calls >= options.nPlusOne.calls)
    .flatMap((query) => {
      const candidates = lookupsOf(query, context).flatMap((lookup) =>
        lists.flatMap((parent) => {
          const relation = parent === query ? null : relationOf(parent, lookup, context);
          return relation === null ? [] : sightings(lookup, parent, relation, context);
        }),
      );
      return candidates.toSorted(byFit).slice(0, 1);
    });
}

/** The counters of one user must fit: a list of one program and a look-up of another are no N+1. */
function sightings(
  lookup: Lookup,
  parent: WorkloadQuery,
  relation: Relation,
  context: RuleContext,
): NPlusOne[] {
  const users = new Set(membersOf(lookup.query, context).map(({ user }) => user));
  return [...users].flatMap((user): NPlusOne[] => {
    const count = (query: WorkloadQuery, of: (delta: StatementDelta) => number): number =>
      membersOf(query, context)
        .filter((delta) => delta.user === user)
        .reduce((sum, delta) => sum + of(delta), 0);
    const calls = count(lookup.query, (delta) => delta.calls);
    const parentRows = count(parent, (delta) => delta.rows);
    const parentCalls = count(parent, (delta) => delta.calls);
    const sighting = {
      lookup,
      parent,
      relation,
      user,
      calls,
      parentCalls,
      parentRows,
      together: compareOverSteps(lookup, parent, relation, user, context),
    };
    return isOne(sighting, context) ? [sighting] : [];
  });
}

function membersOf({ shape }: WorkloadQuery, { members }: RuleContext): readonly StatementDelta[] {
  return members.get(shape.key) ?? [];
}

/** Rows of the list that have such a key, and calls of the look-up, step by step. */
function compareOverSteps(
  { query }: Lookup,
  parent: WorkloadQuery,
  { nullShare }: Relation,
  user: string | null,
  context: RuleContext,
): Togetherness {
  const keysOf = (of: WorkloadQuery): Set<string> =>
    new Set(membersOf(of, context).flatMap((delta) => (delta.user === user ? [delta.key] : [])));
  const [parentKeys, childKeys] = [keysOf(parent), keysOf(query)];
  const sumIn = (index: number, keys: Set<string>, of: (delta: StatementDelta) => number): number =>
    (context.steps[index]?.statements ?? []).reduce(
      (sum, delta) => (keys.has(delta.key) ? sum + of(delta) : sum),
      0,
    );
  const steps = context.steps.map((_, index) => index);
  return compareSteps(
    steps.map((index) => sumIn(index, parentKeys, ({ rows }) => rows) * (1 - nullShare)),
    steps.map((index) => sumIn(index, childKeys, ({ calls }) => calls)),
  );
}

function isOne(
  { calls, parentCalls, parentRows, together, relation }: NPlusOne,
  { options }: RuleContext,
): boolean {
  const { nPlusOne } = options;
  if (calls < nPlusOne.calls || parentCalls === 0 || parentRows / parentCalls < nPlusOne.perList)
    return false;
  const off = Math.abs(together.ratio - 1);
  if (off > nPlusOne.tolerance) return false;
  if (together.steps === 1)
    return off <= SINGLE_STEP.tolerance && calls >= SINGLE_STEP.calls && relation.basis !== 'name';
  const { difference, correlation, slope } = together;
  return (
    difference <= MAX_DIFFERENCE &&
    (correlation === null || correlation >= LEAST_CORRELATION) &&
    (slope === null || (slope >= SLOPE.least && slope <= SLOPE.most))
  );
}

const BASES: readonly Relation['basis'][] = ['foreign-key', 'same-key', 'name'];

function byFit(a: NPlusOne, b: NPlusOne): number {
  return (
    BASES.indexOf(a.relation.basis) - BASES.indexOf(b.relation.basis) ||
    a.together.difference - b.together.difference ||
    (a.parent.shape.key < b.parent.shape.key ? -1 : 1)
  );
}

/** @param batched the look-up for several keys at once; null where it cannot be written */
export function assessNPlusOne(context: RuleContext, batched: (lookup: Lookup) => string | null): Assessment {
  const assessment = emptyAssessment();
  const found = new Map(findNPlusOne(context).map((one) => [one.lookup.query.shape.key, one]));
  for (const query of context.workload.queries) {
    // Too few calls are a verdict, too: so little is not worth a change.
    assessment.checked.push({ subject: subjectOf(query, context), rule: RULES.nPlusOne });
    const one = found.get(query.shape.key);
    if (one === undefined) continue;
    assessment.findings.push(
      queryFinding(query, context, RULES.nPlusOne, describe(one, context, batched(one.lookup))),
    );
  }
  return assessment;
}

function describe(
  { lookup, parent, relation, calls, parentCalls, parentRows, together, user }: NPlusOne,
  context: RuleContext,
  batched: string | null,
): Found {
  const { query, table, column } = lookup;
  const perList = parentCalls === 0 ? 0 : calls / parentCalls;
  const shares = shareOf(query, context);
  const [parentText] = parent.texts;
  return {
    title: `${query.shape.label} by ${column} runs ${figure(perList)} times after each ${parent.shape.label}`,
    confidence: together.steps > 1 && relation.basis !== 'name' ? 'likely' : 'possible',
    severity: shares >= context.options.minShare || perList >= 10 ? 'high' : 'medium',
    evidence: [
      { label: 'look-ups for each list', value: rounded(perList) },
      { label: 'lists', value: parentCalls },
      { label: 'rows of the lists', value: parentRows },
      { label: 'look-ups', value: calls },
      { label: 'rows of each look-up', value: rounded(rowsPerCall(query)) },
      {
        label: 'led to by',
        value: `${relation.table}.${relation.column} (${relation.basis === 'foreign-key' ? 'foreign key' : relation.basis === 'same-key' ? 'the same key' : 'by its name'})`,
      },
      ...(together.steps > 1
        ? [{ label: 'steps of the window in which both were compared', value: together.steps }]
        : []),
      ...(user === null ? [] : [{ label: 'database user', value: user }]),
      ...(parentText === undefined ? [] : [{ label: 'list', value: '', sample: parentText }]),
    ],
    impact: {
      summary: `${figure(perList)} round trips for each list where one would do; they take ${percentOf(shares)} of the time of all queries`,
      basis: 'measured',
      value: rounded(100 * shares),
      unit: '%',
    },
    steps: [
      `Collect the keys of the list and fetch the rows of ${table.name} with one query: ${column} = ANY($1).`,
      'In a data access layer: select_related/prefetch_related (Django), includes (Rails), include (Prisma, Sequelize), relations (TypeORM), joinedload/selectinload (SQLAlchemy).',
    ],
    patch: batched,
  };
}
