import type { Feeder, LoadModel, LoadPlan, PlannedStep } from '../../../core/load/plan.ts';
import { didYouMean } from '../../../core/suggest.ts';
import type { Value } from './built-ins.ts';
import { endsField } from './escape.ts';
import { readFeeder, rowWithControls } from './feeder.ts';
import type { SessionState } from './types.ts';

/** Names of a plan and where their values are: a constant is a text, all others have a slot in each session. */
export interface Scope {
  /** What every session begins with, by slot. */
  readonly initial: readonly (string | null)[];
  /** Slots that a new round of the same user forgets. */
  readonly perRound: readonly number[];
  readonly setUpSlots: readonly { name: string; slot: number }[];
  slotOf(name: string): number | undefined;
  /** A constant text, a value of the session, or why there is neither. */
  lookUp(
    name: string,
    available: ReadonlySet<string>,
  ): { constant: string } | { value: Value } | { problem: string };
  /** A value that goes into header fields must not end one; says so where a constant or a feeder's row would. */
  useInHeader(name: string): string | null;
  isUsedInHeader: (slot: number) => boolean;
}

export function planScope(plan: LoadPlan, variables: Readonly<Record<string, string>>): Scope {
  const constants = new Map(Object.entries({ ...plan.variables, ...variables }));
  const slots = new Map<string, number>();
  const initial: (string | null)[] = [];
  const slotOf = (name: string): number => {
    const known = slots.get(name);
    if (known !== undefined) return known;
    slots.set(name, initial.length);
    return initial.push(constants.get(name) ?? null) - 1;
  };
  const fields = feederFields(plan);
  const keptNames = new Set(plan.scenarios.flatMap(({ begin }) => extractedBy(begin)));
  const roundNames = plan.scenarios.flatMap(({ steps }) => extractedBy(steps));
  const stepNames = new Set([...keptNames, ...roundNames, ...extractedBy(plan.tearDown)]);
  const setUpNames = extractedBy(plan.setUp);
  for (const name of [...fields.keys(), ...stepNames, ...setUpNames]) slotOf(name);
  const headerSlots = new Set<number>();
  /** Names that have been looked at: a large feeder need not be read for each step. */
  const inHeader = new Map<string, string | null>();

  return {
    initial,
    perRound: [...fields.keys(), ...roundNames].filter((name) => !keptNames.has(name)).map(slotOf),
    setUpSlots: setUpNames.map((name) => ({ name, slot: slotOf(name) })),
    slotOf: (name) => slots.get(name),
    lookUp(name, available) {
      const field = fields.get(name);
      if (field === 'ambiguous') {
        return { problem: `{{${name}}} is a field of several feeders; write {{feeder.${name}}}` };
      }
      const slot = slots.get(name);
      if (field !== undefined && slot !== undefined) return { value: fieldValue(slot, field.read) };
      const constant = constants.get(name);
      // Also what the set-up has extracted, which comes as a constant: a step that uses no more than that is encoded once.
      if (constant !== undefined && !stepNames.has(name) && !available.has(name)) return { constant };
      if (slot !== undefined && (constant !== undefined || available.has(name))) {
        return { value: ({ values }) => values[slot] ?? '' };
      }
      if (slot !== undefined)
        return { problem: `{{${name}}} is extracted only by a later step or another scenario` };
      const known = [...constants.keys(), ...fields.keys(), ...available];
      return { problem: `{{${name}}} is not known.${didYouMean(name, known)}` };
    },
    useInHeader(name) {
      const slot = slots.get(name);
      if (slot !== undefined) headerSlots.add(slot);
      const judged = inHeader.get(name);
      if (judged !== undefined) return judged;
      const problem = headerProblem(name, constants.get(name), fields.get(name));
      inHeader.set(name, problem);
      return problem;
    },
    isUsedInHeader: (slot) => headerSlots.has(slot),
  };
}

function headerProblem(
  name: string,
  constant: string | undefined,
  field: FeederField | 'ambiguous' | undefined,
): string | null {
  const problem = `{{${name}}} holds a line break or another control code`;
  if (constant !== undefined && endsField(constant)) return problem;
  if (field === undefined || field === 'ambiguous') return null;
  const row = rowWithControls(field.feeder, field.index, endsField);
  return row === null ? null : `${problem} in row ${row + 1}`;
}

function extractedBy(steps: readonly PlannedStep[]): string[] {
  return steps.flatMap(({ extract }) => extract.map(({ variable }) => variable));
}

interface FeederField {
  feeder: Feeder;
  index: number;
  read: Value;
}

/** By `field`, and by `feeder.field`. */
function feederFields(plan: LoadPlan): Map<string, FeederField | 'ambiguous'> {
  const fields = new Map<string, FeederField | 'ambiguous'>();
  for (const [index, feeder] of plan.feeders.entries()) {
    const reader = readFeeder(feeder, { index, seed: plan.seed, users: mostUsers(plan.model) });
    for (const [column, name] of feeder.fields.entries()) {
      const field: FeederField = { feeder, index: column, read: (session) => reader.value(session, column) };
      fields.set(name, fields.has(name) ? 'ambiguous' : field);
      fields.set(`${feeder.name}.${name}`, field);
    }
  }
  return fields;
}

function mostUsers(model: LoadModel): number {
  switch (model.kind) {
    case 'users':
      return Math.ceil(Math.max(1, ...model.stages.flatMap(({ from, to }) => [from, to])));
    case 'iterations':
      return model.users;
    default:
      return 0;
  }
}

/** Decoded once for each session, and kept in its slot. */
function fieldValue(slot: number, read: Value): Value {
  return (session: SessionState) => (session.values[slot] ??= read(session));
}
