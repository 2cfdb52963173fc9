import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fault, FAULTS, type FaultName, startDemo } from '../../../demo/index.ts';
import type { Finding } from '../../../src/core/finding.ts';
import { openStore } from '../../../src/store/open.ts';
import { type BenchOptions, type BenchRow, row } from '../bench.ts';
import { runCli } from '../cli.ts';
import { FIRST_RELEASE, isAt, measureHealthy, prepareFolder } from '../faults/planted.ts';
import { type McpAgent, startAgent } from './mcp-agent.ts';

const PLANTED: readonly FaultName[] = ['slow-endpoint', 'missing-index', 'parent-down'];
/** The one that the agent mends. */
const MENDED: FaultName = 'slow-endpoint';
const MAX_TRIES = 3;
const DAY_MS = 86_400_000;

/**
 * An agent works on the demo through MCP alone, from the first look to the lesson; then the fault comes back, and the lesson with it. Every step is a row: 1 is
 * as it should be.
 */
export async function storyRows({ log }: BenchOptions): Promise<BenchRow[]> {
  const root = await mkdtemp(join(tmpdir(), 'rearguard-story-'));
  log('starting the demo shop');
  const demo = await startDemo({ quiet: true, release: FIRST_RELEASE, onProgress: log });
  const rows: BenchRow[] = [];
  const step = (name: string, isRight: boolean, note?: string): void => {
    log(`${isRight ? 'right' : 'WRONG'}: ${name}`);
    rows.push(
      row({
        name,
        value: isRight ? 1 : 0,
        unit: 'right',
        goal: { op: '=', value: 1 },
        ...(isRight || note === undefined ? {} : { note: note.slice(0, 300) }),
      }),
    );
  };
  let agent: McpAgent | undefined;
  try {
    const folder = await prepareFolder(root, 'shop', demo);
    const init = await runCli(['init', '--yes'], folder);
    step('init in the folder of the demo', init.exitCode === 0, init.stderr);
    await measureHealthy(folder);
    await demo.setFaults(PLANTED);
    agent = await startAgent(folder, ['--allow-write']);

    const begun = await agent.call('workspace_update', {
      action: 'session-start',
      title: 'the product page is slow',
      by: 'bench',
    });
    step('a session is begun', !begun.isError, begun.text);
    const first = await agent.call('overview');
    step('the overview names the session', first.text.includes('the-product-page-is-slow'), first.text);
    const check = await agent.finish('run', { action: 'check' });
    step('the check finds something', check.structured['status'] === 'fail', check.text);

    const finding = await findingOf(folder, agent);
    step('the planted fault is among the findings', finding !== undefined, check.text);
    if (finding === undefined) return rows;
    const list = await agent.call('findings');
    step('the list names it', list.text.includes(finding.id), list.text);
    const shown = await agent.call('findings', { finding: finding.id });
    step('evidence comes with it', /p95/.test(shown.text), shown.text);
    const index = withPatch(folder);
    const patch = index === undefined ? undefined : await agent.call('findings', { finding: index.id });
    step('a patch comes with the missing index', patch?.text.includes('CREATE INDEX') === true, patch?.text);

    const stands = await agent.finish('run', { action: 'verify', finding: finding.id });
    step('verify says that it stands', stands.structured['status'] === 'fail', stands.text);
    await demo.setFaults(PLANTED.filter((name) => name !== MENDED));
    let gone = await agent.finish('run', { action: 'verify', finding: finding.id });
    for (let tries = 1; gone.structured['status'] !== 'pass' && tries < MAX_TRIES; tries += 1) {
      gone = await agent.finish('run', { action: 'verify', finding: finding.id });
    }
    step('verify says that it is gone once it is', gone.structured['status'] === 'pass', gone.text);

    const lesson = await agent.call('workspace_update', {
      action: 'knowledge-add',
      text: lessonAbout(finding.id),
    });
    step('a lesson is written', !lesson.isError, lesson.text);
    const found = await agent.call('knowledge', { query: 'product page sleeps' });
    step('the lesson is found by its words', found.text.includes('kb-'), found.text);
    const ended = await agent.call('workspace_update', { action: 'session-end' });
    const update = await sessionUpdate(folder);
    step(
      'the session ends in an update',
      !ended.isError && update.includes('## Session Update:'),
      ended.text,
    );
    step(
      'the update says what went away, and the lesson',
      update.includes(finding.id) && update.includes('kb-'),
      update,
    );

    await demo.setFaults(PLANTED);
    await agent.finish('run', { action: 'check', tools: ['api-health-monitor'] });
    const again = await agent.call('findings', { finding: finding.id });
    step('it is told as back', /regressed/.test(again.text), again.text);
    step('and the lesson stands with it', /seen before/.test(again.text), again.text);
    return rows;
  } finally {
    await agent?.close();
    await demo.stop();
    await rm(root, { recursive: true, force: true });
  }
}

/** What the agent has learned, as it would write it. */
function lessonAbout(finding: string): string {
  const today = new Date().toISOString().slice(0, 10);
  return `## Backend Issue: The product page sleeps in its query

${today} · by bench

**Matches**: \`${finding}\`

**Detection Tools**: api-health-monitor, its latency objective
**Investigation Tools**: database-performance-tracker, which shows the slow statement
**Root Cause**: a statement that waits while it holds a connection
**Solution**: take the wait out of the statement
**Prevention**: the objective of the endpoint is checked every day
**System Pattern**: a wait inside a query, behind one page
**Tool Evolution**: none was needed
**Solution Authority**: verify says that it is gone
**Scalability Impact**: each call held a connection of the pool
**Security Considerations**: none
**Tool Integration**: part of rearguard check
`;
}

/** Which finding is meant is known to the script, not to the agent; a slow machine may need a second look. */
async function findingOf(folder: string, agent: McpAgent): Promise<Finding | undefined> {
  const planted: Fault = FAULTS[MENDED];
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const found = storedFindings(folder).find((one) => one.rule === planted.rule && isAt(one, planted));
    if (found) return found;
    await agent.finish('run', { action: 'check', tools: [planted.tool] });
  }
  return undefined;
}

function withPatch(folder: string): Finding | undefined {
  return storedFindings(folder).find(({ fix }) => fix.patch?.includes('CREATE INDEX') === true);
}

function storedFindings(folder: string): Finding[] {
  const retention = { samplesMs: DAY_MS, minuteBucketsMs: DAY_MS, hourBucketsMs: DAY_MS, runsMs: DAY_MS };
  const store = openStore({ path: join(folder, '.rearguard', 'store.db'), retention });
  try {
    return store.findings.list({ states: ['new', 'ongoing', 'regressed'] });
  } finally {
    store.close();
  }
}

async function sessionUpdate(folder: string): Promise<string> {
  const sessions = join(folder, 'ai-agents', 'backend', 'docs', 'sessions');
  const [file] = (await readdir(sessions).catch(() => [])).filter((name) => name.endsWith('.md'));
  return file === undefined ? '' : readFile(join(sessions, file), 'utf8');
}
