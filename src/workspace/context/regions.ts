import type { Region } from '../regions.ts';
import { fitsBudget, type Room, ROOMS, sizeOfRegions } from './budget.ts';
import { endpointsBody } from './endpoints.ts';
import type { ContextFacts } from './facts.ts';
import { findingsBody, knowledgeBody, sessionsBody, statusBody } from './lists.ts';
import { setupBody } from './setup.ts';
import { structureBody } from './structure.ts';
import { targetsBody } from './targets.ts';
import { toolsBody } from './tools.ts';

/** Names of the regions of AI-CONTEXT.md, in the order of the document. */
export const CONTEXT_REGIONS = [
  'setup',
  'status',
  'endpoints',
  'targets',
  'structure',
  'tools',
  'findings',
  'sessions',
  'knowledge',
] as const;
export type ContextRegion = (typeof CONTEXT_REGIONS)[number];

/** Where one finds what a region has no room for at all. */
const ELSEWHERE: Readonly<Record<ContextRegion, string>> = {
  setup: '`rearguard init --dry-run` shows it',
  status: '`rearguard findings`',
  endpoints: '`rearguard health performance-report` has them',
  targets: '`rearguard health performance-report` has them',
  structure: 'see the folders themselves',
  tools: '`rearguard tools` lists them',
  findings: '`rearguard findings` lists them',
  sessions: 'they are in [docs/sessions](docs/sessions)',
  knowledge: 'it is in [docs/KNOWLEDGE.md](docs/KNOWLEDGE.md)',
};

/**
 * The generated regions, within the budget all together. `written` are those that the file has: figures of them stay as long as
 * nothing that means something has changed, and so does a region whose facts are unknown.
 */
export function contextRegions(facts: ContextFacts, written: readonly Region[] = []): Region[] {
  for (const room of ROOMS) {
    const regions = regionsIn(facts, written, room);
    if (fitsBudget(regions)) return regions;
  }
  const tightest = ROOMS.at(-1) as Room;
  return shortened(regionsIn(facts, written, tightest));
}

function regionsIn(facts: ContextFacts, written: readonly Region[], room: Room): Region[] {
  const { project, tools, findings } = facts;
  const before = (name: ContextRegion): string => written.find((region) => region.name === name)?.body ?? '';
  const bodies: Readonly<Record<ContextRegion, string>> = {
    setup: project === null ? before('setup') : setupBody(project),
    status:
      findings === null && before('status') !== '' ? before('status') : statusBody(findings, facts.targets),
    endpoints:
      project === null
        ? before('endpoints')
        : endpointsBody(facts, project, room.endpoints, before('endpoints')),
    targets: targetsBody(facts.targets, before('targets')),
    structure: project === null ? before('structure') : structureBody(project, room.folders),
    tools: tools === null ? before('tools') : toolsBody(tools, facts.plannedTools, room),
    findings:
      findings === null
        ? before('findings') || 'Nothing was checked yet: `rearguard check`.'
        : findingsBody(findings, room.findings),
    sessions: sessionsBody(facts.sessions, room.links),
    knowledge: knowledgeBody(facts.lessons, room.links),
  };
  return CONTEXT_REGIONS.map((name) => ({ name, body: bodies[name] }));
}

/** Names nobody could foresee may be longer than any room: the largest regions become pointers until the rest fits. */
function shortened(regions: readonly Region[]): Region[] {
  const result = [...regions];
  while (!fitsBudget(result)) {
    const sizes = result.map((region) => sizeOfRegions([region]).bytes);
    const largest = sizes.indexOf(Math.max(...sizes));
    const { name } = result[largest] as Region;
    result[largest] = { name, body: `Too long for this file: ${ELSEWHERE[name as ContextRegion]}.` };
  }
  return result;
}
