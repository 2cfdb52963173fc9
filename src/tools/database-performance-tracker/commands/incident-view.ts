import { z } from 'zod';
import type { Block } from '../../../core/block.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { BackendEvent } from '../../../core/event.ts';
import type { Finding } from '../../../core/finding.ts';
import type { LiveView } from '../../define.ts';
import type { LiveFacts } from '../analyze/facts.ts';
import { forecastLimit } from '../analyze/connections.ts';
import { leastHarm } from '../analyze/lock-forest.ts';
import type { Witness } from '../collect/incident-log.ts';
import type { KeptDatabase } from '../collect/keep-open.ts';
import type { LiveState } from '../collect/live-state.ts';
import { connectionsBlock, runningBlock, statementCell, waitsBlock } from './live-blocks.ts';
import {
  chainsData,
  chainsSchema,
  connectionsData,
  connectionsSchema,
  connectionUse,
  waitsData,
  waitsSchema,
} from './live-data.ts';
import { lockTree } from './lock-tree.ts';

/** One database in one look of an incident. */
export interface IncidentScene {
  target: string;
  /** null: it could not be entered. */
  look: LiveState | null;
  failure: KeptDatabase['failure'];
  /** What a watch saw, where we cannot look ourselves. */
  witness: Witness | null;
  changes: LiveView['changes'];
}

export type Standing = ReadonlyMap<string, Finding | undefined>;

export const incidentSchema = z.object({
  target: z.string(),
  /** false: no session could be opened; coverage says why. */
  reached: z.boolean(),
  /** A chain stood when somebody looked last, and nobody waits now. */
  resolved: z.boolean(),
  victims: z.int().nullable(),
  longestWaitMs: z.number().nullable(),
  chains: chainsSchema.nullable(),
  /** What would end it with the least harm, for a person to decide; nothing of it was run. */
  remedy: z.object({ steps: z.array(z.string()), statement: z.string().nullable() }).nullable(),
  waits: waitsSchema.nullable(),
  connections: connectionsSchema.nullable(),
  changes: z.array(z.object({ at: z.iso.datetime(), kind: z.string(), title: z.string() })),
  /** Where we cannot look: what a watch that is still in saw last. */
  witness: z
    .object({ at: z.iso.datetime(), used: z.number(), usable: z.number(), chains: chainsSchema })
    .nullable(),
});

/** The screen while it goes on. */
export function incidentScreen(
  scenes: readonly IncidentScene[],
  events: readonly BackendEvent[],
  standing: Standing,
): Block[] {
  return [
    ...incidentSections(scenes, events, standing),
    ...scenes.flatMap(({ look }) => remedyBlock(look?.facts ?? null)),
    { kind: 'text', text: 'Nothing is ever run for you here.   Ctrl-C ends with a report', tone: 'muted' },
  ];
}

export function incidentSections(
  scenes: readonly IncidentScene[],
  events: readonly BackendEvent[],
  standing: Standing,
): Block[] {
  return [...scenes.flatMap((scene) => sceneBlocks(scene, standing)), ...changesBlock(events)];
}

function sceneBlocks(scene: IncidentScene, standing: Standing): Block[] {
  const { target, look, failure, witness } = scene;
  if (look === null) return [...unreachedBlock(target, failure), ...witnessBlocks(witness, target)];
  const { facts } = look;
  const use = connectionUse(facts);
  const { activity, forest, history } = facts;
  const isBlocked = forest.known && forest.value.roots.length + forest.value.cycles.length > 0;
  return [
    { kind: 'text', text: headline(scene, standing), tone: isBlocked ? 'bad' : 'good' },
    ...(forest.known ? lockTree(forest.value, `${target}: who holds up whom`) : []),
    ...waitsBlock(facts.waits),
    ...(use === null ? [] : [connectionsBlock(target, use, forecastLimit(use, history.used))]),
    ...(activity.known && !isBlocked ? runningBlock(activity.value) : []),
  ];
}

/** One sentence on one database. */
export function headline({ target, look, failure, witness }: IncidentScene, standing: Standing): string {
  if (look === null) {
    const seen = witness === null ? '' : ' What a watch saw from inside is below.';
    return `${target} cannot be entered: ${failure?.error.message ?? 'no session'}${seen}`;
  }
  const { forest } = look.facts;
  if (!forest.known) return `${target}: who waits for whom cannot be seen: ${forest.reason}.`;
  const { roots, victims, longestWaitMs } = forest.value;
  if (roots.length === 0) {
    return isResolved(look.facts, standing)
      ? `${target}: resolved, nobody waits for a lock any more.`
      : `${target}: nobody waits for a lock.`;
  }
  const longest = longestWaitMs === null ? '' : `, the longest for ${formatDuration(longestWaitMs)}`;
  return `${target}: ${counted(victims, 'session waits', 'sessions wait')} behind ${counted(roots.length, 'root')}${longest}.`;
}

export function isResolved({ target, forest }: LiveFacts, standing: Standing): boolean {
  return forest.known && forest.value.roots.length === 0 && standing.get(target) !== undefined;
}

function unreachedBlock(target: string, failure: IncidentScene['failure']): Block[] {
  if (failure === null) return [];
  const { message, hint } = failure.error;
  return [
    { kind: 'text', text: `${target}: ${message}${hint === undefined ? '' : ` ${hint}`}`, tone: 'bad' },
  ];
}

function witnessBlocks(witness: Witness | null, target: string): Block[] {
  if (witness === null) return [];
  const at = new Date(witness.atMs).toISOString().slice(11, 19);
  return [
    {
      kind: 'table',
      title: `${target} as a watch saw it at ${at} UTC: ${witness.used} of ${witness.usable} connections`,
      columns: [
        { header: 'application' },
        { header: 'sessions', align: 'right' },
        { header: 'idle', align: 'right' },
      ],
      rows: witness.applications
        .slice(0, 5)
        .map(({ application, total, idle }) => [application, total, idle]),
    },
    ...(witness.chains.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            title: 'Who held up whom then',
            columns: [
              { header: 'pid', align: 'right' as const },
              { header: 'waits for', align: 'right' as const },
              { header: 'application' },
              { header: 'state' },
              { header: 'statement' },
            ],
            rows: witness.chains
              .slice(0, 10)
              .map(({ pid, waitsForPid, application, state, text }) => [
                String(pid),
                waitsForPid === null ? null : String(waitsForPid),
                application,
                state,
                statementCell(text),
              ]),
            ...(witness.chains.length > 10 ? { omitted: witness.chains.length - 10 } : {}),
          },
        ]),
  ];
}

function remedyBlock(facts: LiveFacts | null): Block[] {
  const remedy = facts === null ? null : remedyOf(facts);
  if (remedy === null) return [];
  return [{ kind: 'text', title: 'Least harm', text: remedy.steps.join('\n') }];
}

function remedyOf({ forest, dialect }: LiveFacts) {
  const root = forest.known ? forest.value.roots[0] : undefined;
  return root === undefined ? null : leastHarm(root, dialect);
}

function changesBlock(events: readonly BackendEvent[]): Block[] {
  if (events.length === 0) return [];
  return [
    {
      kind: 'timeline',
      title: 'What changed in the last hour',
      entries: events.map(({ atMs, kind, title }) => ({ atMs, label: `${kind}: ${title}` })),
    },
  ];
}

export function incidentData(
  { target, look, witness }: IncidentScene,
  events: readonly BackendEvent[],
  standing: Standing,
): z.infer<typeof incidentSchema> {
  const facts = look?.facts ?? null;
  const forest = facts?.forest.known === true ? facts.forest.value : null;
  return {
    target,
    reached: facts !== null,
    resolved: facts !== null && isResolved(facts, standing),
    victims: forest?.victims ?? null,
    longestWaitMs: forest?.longestWaitMs ?? null,
    chains: facts === null ? null : chainsData(facts),
    remedy: facts === null ? null : remedyOf(facts),
    waits: facts === null ? null : waitsData(facts.waits),
    connections: facts === null ? null : connectionsData(facts),
    changes: events.map(({ atMs, kind, title }) => ({ at: new Date(atMs).toISOString(), kind, title })),
    witness:
      witness === null
        ? null
        : {
            at: new Date(witness.atMs).toISOString(),
            used: witness.used,
            usable: witness.usable,
            chains: witness.chains,
          },
  };
}
