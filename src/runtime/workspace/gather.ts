import { join } from 'node:path';
import { SEVERITIES } from '../../core/severity.ts';
import { oneLine } from '../../core/text.ts';
import { systemFiles } from '../../platform/files.ts';
import type { ProjectFacts } from '../../project/facts.ts';
import type { Store } from '../../store/store.ts';
import { PLANNED_TOOLS } from '../../tools/planned.ts';
import type {
  CatalogueTool,
  ContextFacts,
  FindingFacts,
  SessionLink,
} from '../../workspace/context/facts.ts';
import { workspaceLayout } from '../../workspace/layout.ts';
import { readKnowledge } from '../knowledge/read.ts';
import type { Runtime } from '../runtime.ts';
import { isoDay, measuredEndpoints } from './figures.ts';
import { targetFigures } from './target-figures.ts';

/** No region shows more. */
const MAX_FINDINGS = 20;

/** What AI-CONTEXT.md is made of, from the config, the store, the catalogue and the workspace's own files. */
export async function contextFacts(
  { config, clock, openStore }: Pick<Runtime, 'config' | 'clock' | 'openStore'>,
  project: ProjectFacts | null,
  tools: readonly CatalogueTool[],
): Promise<ContextFacts> {
  const nowMs = clock.wallMs();
  // A store is not made for the sake of saying that nothing is in it.
  const store = (await systemFiles.exists(config.store.path)) ? openStore() : null;
  const endpoints = store === null ? [] : measuredEndpoints(store, config, nowMs);
  const book = await readKnowledge(config);
  return {
    today: isoDay(nowMs),
    project,
    endpoints,
    targets: targetFigures(store, config, endpoints, nowMs),
    tools,
    plannedTools: PLANNED_TOOLS.map(({ name }) => name),
    findings: store === null ? null : findingFacts(store, nowMs),
    sessions: await sessionLinks(workspaceLayout(config.directory).sessions),
    lessons: book?.entries.map(({ title }) => title) ?? [],
  };
}

/** Null where nothing ever ran: then nobody knows. */
function findingFacts(store: Store, nowMs: number): FindingFacts | null {
  if (store.runs.list({ fromMs: 0, toMs: nowMs + 1 }, 1).length === 0) return null;
  const open = store.findings.list({ states: ['new', 'ongoing', 'regressed'] });
  return {
    counts: SEVERITIES.map((severity) => ({
      severity,
      count: open.filter((finding) => finding.severity === severity).length,
    })).filter(({ count }) => count > 0),
    worst: open.slice(0, MAX_FINDINGS).map(({ id, severity, rule, subject, firstSeen }) => ({
      id,
      severity,
      rule,
      subject: subject.name,
      since: firstSeen.slice(0, 10),
    })),
  };
}

/** Their names begin with their day. */
async function sessionLinks(folder: string): Promise<SessionLink[]> {
  if (!(await systemFiles.exists(folder))) return [];
  const names = (await systemFiles.list(folder))
    .filter(({ name, kind }) => kind === 'file' && /^\d{4}-\d{2}-\d{2}-.*\.md$/.test(name))
    .map(({ name }) => name)
    .toReversed();
  return Promise.all(
    names.map(async (name, index) => {
      const title = index < 10 ? await titleIn(join(folder, name)) : '';
      const day = name.slice(0, 10);
      return {
        file: `docs/sessions/${name}`,
        title: `${day} ${title || name.slice(11, -3).replaceAll('-', ' ')}`,
      };
    }),
  );
}

/** An update says what it was about in its first paragraph. */
async function titleIn(path: string): Promise<string> {
  const text = await systemFiles.readText(path).catch(() => '');
  const line = text.split('\n').find((candidate) => candidate.trim() !== '' && !candidate.startsWith('#'));
  return oneLine((line ?? '').replace(/\\(?=[\\`*_[\]!~$#+=.-])/g, ''));
}
