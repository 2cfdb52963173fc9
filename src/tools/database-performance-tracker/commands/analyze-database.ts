import { type Assessment, emptyAssessment, mergeAssessments } from '../../../core/assessment.ts';
import type { Block } from '../../../core/block.ts';
import type { Coverage } from '../../../core/coverage.ts';
import type { Diagnostic } from '../../../core/report.ts';
import { percent } from '../../../core/rounding.ts';
import { formatSize } from '../../../core/size.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { known } from '../../_shared/database/reading.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import { readSqliteCatalog, type SqliteCatalog } from '../../_shared/database/sqlite/catalog.ts';
import { readSqliteHealth, type SqliteHealth } from '../../_shared/database/sqlite/health.ts';
import type { CommandContext } from '../../context.ts';
import { notRead } from '../analyze/coverage.ts';
import type { LiveFacts } from '../analyze/facts.ts';
import { assessLive } from '../analyze/live.ts';
import { type Look, WATCH_MS } from '../analyze/look.ts';
import { assessMysql } from '../analyze/mysql/assess.ts';
import { refusedPlans } from '../analyze/refused-plans.ts';
import { logCoverage, RULES_OF_LOG } from '../analyze/server-log.ts';
import { assessSqlite } from '../analyze/sqlite.ts';
import { withSilentStatements } from '../analyze/statements/slow.ts';
import { assessStructure, withGoneSubjects } from '../analyze/structure.ts';
import { type Asked, collectAnalysis } from '../collect/analysis.ts';
import { lookAtMysql } from '../collect/mysql.ts';
import { lookAtSlowLog } from '../collect/slow-log.ts';
import type { TrackerOptions } from '../options.ts';
import { RULES, TOOL } from '../rules.ts';
import { mysqlData, mysqlSections } from './analyze-mysql-view.ts';
import type { DatabaseData } from './analyze-schema.ts';
import { databaseSections, toDatabaseData } from './analyze-view.ts';
import { planSections } from './plans-view.ts';

export interface AnalyzedDatabase {
  assessment: Assessment;
  sections: readonly Block[];
  data: DatabaseData;
  diagnostics: readonly Diagnostic[];
}

type Context = CommandContext<TrackerOptions>;

/** One database, whatever its dialect: read, judged and drawn. */
export async function analyzeDatabase(
  ctx: Context,
  database: OpenDatabase,
  asked: Asked & { limit: number },
): Promise<AnalyzedDatabase> {
  const { dialect } = database.session;
  if (dialect === 'postgresql') return analyzePostgres(ctx, database, asked);
  if (dialect === 'sqlite') return analyzeSqlite(ctx, database);
  return analyzeMysql(ctx, database, asked);
}

async function analyzePostgres(
  ctx: Context,
  database: OpenDatabase,
  asked: Asked & { limit: number },
): Promise<AnalyzedDatabase> {
  const { look, facts, loggedDeadlocks, source, plans, space, diagnostics } = await collectAnalysis(
    ctx,
    database,
    asked,
  );
  const known = ctx.store.findings.list({ tool: TOOL, states: ['new', 'ongoing', 'regressed', 'muted'] });
  const judged = mergeAssessments([
    assessStructure(look, space),
    assessLive(facts, ctx.options, loggedDeadlocks),
    { ...emptyAssessment(), notChecked: gapsOfLog(look, facts, asked.deep) },
  ]);
  const assessment = withSilentStatements(withGoneSubjects(judged, look.target, known), look.target, known);
  const refused = asked.deep ? refusedPlans(look, plans?.refused ?? []) : [];
  return {
    assessment: { ...assessment, notChecked: [...assessment.notChecked, ...refused] },
    sections: [
      ...databaseSections({ look, source, limit: asked.limit }),
      ...(asked.deep && plans !== null ? planSections(look, plans) : []),
    ],
    data: toDatabaseData({ look, source, limit: asked.limit, plans: asked.deep ? plans : null }),
    diagnostics,
  };
}

/** A log that nobody named is worth a word only where it would have told something. */
function gapsOfLog({ target, log }: Look, { deadlocks }: LiveFacts, deep: boolean): Coverage['notChecked'] {
  const hadDeadlocks = deadlocks.known && deadlocks.value.count > 0;
  return logCoverage(target, log, { wanted: deep || hadDeadlocks, rules: RULES_OF_LOG });
}

async function analyzeMysql(
  ctx: Context,
  database: OpenDatabase,
  { durationMs = WATCH_MS, now, limit }: Asked & { limit: number },
): Promise<AnalyzedDatabase> {
  const { target, session } = database;
  const counted = await lookAtMysql(ctx, { target: target.name, session }, ctx.options, durationMs);
  const reading = await lookAtSlowLog(ctx, database, counted, now);
  const slowLog = reading?.known === true ? reading.value : null;
  // Counters are of every call; the log stands in where there are none.
  const fromLog = !counted.statements.known && slowLog !== null;
  const look = fromLog ? { ...counted, statements: known(slowLog.window) } : counted;
  const assessment = assessMysql(look);
  const subject = databaseSubject(target.name);
  const unread =
    reading?.known === false
      ? [notRead(reading, subject, counted.statements.known ? [] : [RULES.slowStatement])]
      : [];
  const uncounted =
    fromLog && !counted.statements.known ? [notRead(counted.statements, subject, [RULES.tempSpills])] : [];
  return {
    assessment: { ...assessment, notChecked: [...assessment.notChecked, ...unread, ...uncounted] },
    sections: mysqlSections(look, slowLog, limit),
    data: mysqlData(look, session, limit),
    diagnostics: (slowLog?.notRead ?? []).map((message) => ({ level: 'note', message })),
  };
}

async function analyzeSqlite(
  { clock, options }: Context,
  { target, session }: OpenDatabase,
): Promise<AnalyzedDatabase> {
  const health = await readSqliteHealth(session);
  const catalog = await readSqliteCatalog(session, health.pages);
  return {
    assessment: assessSqlite({ target: target.name, options, health, catalog }),
    sections: sqliteSections(target.name, session, health, catalog),
    data: {
      target: target.name,
      dialect: 'sqlite',
      version: session.serverVersion,
      source: 'none',
      from: null,
      to: new Date(clock.wallMs()).toISOString(),
      coverage: null,
      server: null,
      statements: [],
      tables: [],
      log: null,
      plans: null,
      misestimates: [],
    },
    diagnostics: [],
  };
}

function sqliteSections(
  target: string,
  { serverVersion }: OpenDatabase['session'],
  { pageBytes, pageCount, freePages, journalMode }: SqliteHealth,
  { tables }: SqliteCatalog,
): Block[] {
  const free = pageCount === 0 ? 0 : percent(freePages / pageCount);
  const largest = tables.toSorted((a, b) => b.totalBytes - a.totalBytes).slice(0, 8);
  return [
    {
      kind: 'text',
      text: `${target}, ${formatSize(pageBytes * pageCount)}, ${free} % free, journal mode ${journalMode}, read by SQLite ${serverVersion}`,
      tone: 'muted',
    },
    {
      kind: 'table',
      columns: [
        { header: 'table' },
        { header: 'rows', align: 'right' },
        { header: 'size', align: 'right' },
        { header: 'indexes', align: 'right' },
      ],
      rows: largest.map(({ name, rows, totalBytes, indexes }) => [
        name,
        rows === null ? '' : rows,
        totalBytes === 0 ? '' : formatSize(totalBytes),
        indexes.filter((index) => index.name !== 'rowid').length,
      ]),
    },
  ];
}
