import { type Assessment, emptyAssessment, mergeAssessments } from '../../../core/assessment.ts';
import type { Block } from '../../../core/block.ts';
import type { Diagnostic } from '../../../core/report.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { CommandContext } from '../../context.ts';
import { assessLive } from '../analyze/live.ts';
import { assessMysql } from '../analyze/mysql/assess.ts';
import { assessStructure, withGoneSubjects } from '../analyze/structure.ts';
import { type Asked, collectAnalysis } from '../collect/analysis.ts';
import { lookAtMysql } from '../collect/mysql.ts';
import type { TrackerOptions } from '../options.ts';
import { TOOL } from '../rules.ts';
import { mysqlData, mysqlSections } from './analyze-mysql-view.ts';
import { type DatabaseData, databaseSections, toDatabaseData } from './analyze-view.ts';
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
  if (dialect === 'sqlite') return notServed(database);
  return analyzeMysql(ctx, database, asked);
}

async function analyzePostgres(
  ctx: Context,
  database: OpenDatabase,
  asked: Asked & { limit: number },
): Promise<AnalyzedDatabase> {
  const { look, facts, source, plans, space, diagnostics } = await collectAnalysis(ctx, database, asked);
  const known = ctx.store.findings.list({ tool: TOOL, states: ['new', 'ongoing', 'regressed', 'muted'] });
  const judged = mergeAssessments([assessStructure(look, space), assessLive(facts, ctx.options)]);
  return {
    assessment: withGoneSubjects(judged, look.target, known),
    sections: [
      ...databaseSections({ look, source, limit: asked.limit }),
      ...(asked.deep && plans !== null ? planSections(look, plans) : []),
    ],
    data: toDatabaseData({ look, source, limit: asked.limit, plans: asked.deep ? plans : null }),
    diagnostics,
  };
}

/** What a look watches without a duration. */
const WATCH_MS = 10_000;

async function analyzeMysql(
  ctx: Context,
  { target, session }: OpenDatabase,
  { durationMs = WATCH_MS, limit }: Asked & { limit: number },
): Promise<AnalyzedDatabase> {
  const look = await lookAtMysql(ctx, { target: target.name, session }, ctx.options, durationMs);
  return {
    assessment: assessMysql(look),
    sections: mysqlSections(look, limit),
    data: mysqlData(look, session, limit),
    diagnostics: [],
  };
}

/** SQLite has no sessions, no counters and no vacuum of this kind; its queries are the other tool's. */
function notServed({ target, session }: OpenDatabase): AnalyzedDatabase {
  return {
    assessment: {
      ...emptyAssessment(),
      notChecked: [
        {
          subject: databaseSubject(target.name),
          reason: 'SQLite counts nothing that this tool could look at',
          hint: '`rearguard queries analyze` looks at its schema and its queries.',
        },
      ],
    },
    sections: [],
    data: {
      target: target.name,
      dialect: 'sqlite',
      version: session.serverVersion,
      source: 'none',
      from: null,
      to: new Date(0).toISOString(),
      coverage: null,
      server: null,
      statements: [],
      tables: [],
      plans: null,
    },
    diagnostics: [],
  };
}
