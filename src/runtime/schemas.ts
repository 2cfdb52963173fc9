import type { z } from 'zod';
import { alertsListDataSchema } from './alert-list.ts';
import { alertsTestDataSchema } from './alerts/test-notifier.ts';
import { checkDataSchema } from './check-data.ts';
import { serveDataSchema } from './daemon/serve-data.ts';
import { deployMarkDataSchema } from './deploy.ts';
import { doctorDataSchema } from './doctor-data.ts';
import { findingsListDataSchema, findingsMuteDataSchema, findingsShowDataSchema } from './findings.ts';
import { fixDataSchema } from './fix/fix.ts';
import { heartbeatDataSchema } from './heartbeat.ts';
import {
  knowledgeAddDataSchema,
  knowledgeCheckDataSchema,
  knowledgeSearchDataSchema,
  knowledgeShowDataSchema,
} from './knowledge/data.ts';
import { maintenanceDataSchema, maintenanceListDataSchema } from './maintenance-windows.ts';
import { runsCancelDataSchema, runsListDataSchema } from './live-runs/list.ts';
import { toolNewDataSchema } from './own-tools/new-tool-data.ts';
import { toolTestDataSchema } from './own-tools/test-tools.ts';
import { apiUpdateDataSchema } from './overview/api-update.ts';
import { sessionDataSchema, sessionShowDataSchema } from './sessions/sessions.ts';
import { silenceDataSchema } from './silences.ts';
import { verifyDataSchema } from './verify.ts';
import { workflowDataSchema, workflowListDataSchema } from './workflows/data.ts';
import { workspaceCheckDataSchema } from './workspace/check-workspace.ts';
import { workspaceRefreshDataSchema } from './workspace/refresh-workspace.ts';
import { initDataSchema } from './workspace/init-data.ts';

/** Schemas of `report.data` of the commands of no tool, by command; for publishing. */
export const OWN_DATA_SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  check: checkDataSchema,
  verify: verifyDataSchema,
  fix: fixDataSchema,
  'findings list': findingsListDataSchema,
  'findings show': findingsShowDataSchema,
  'findings mute': findingsMuteDataSchema,
  'findings unmute': findingsMuteDataSchema,
  'overview api-update': apiUpdateDataSchema,
  run: workflowListDataSchema,
  'run workflow': workflowDataSchema,
  'runs list': runsListDataSchema,
  'runs cancel': runsCancelDataSchema,
  'session show': sessionShowDataSchema,
  'session start': sessionDataSchema,
  'session note': sessionDataSchema,
  'session end': sessionDataSchema,
  'knowledge add': knowledgeAddDataSchema,
  'knowledge search': knowledgeSearchDataSchema,
  'knowledge show': knowledgeShowDataSchema,
  'knowledge check': knowledgeCheckDataSchema,
  'deploy mark': deployMarkDataSchema,
  'alerts list': alertsListDataSchema,
  'alerts silence': silenceDataSchema,
  'alerts unsilence': silenceDataSchema,
  'maintenance add': maintenanceDataSchema,
  'maintenance list': maintenanceListDataSchema,
  'maintenance end': maintenanceDataSchema,
  heartbeat: heartbeatDataSchema,
  'alerts test': alertsTestDataSchema,
  serve: serveDataSchema,
  doctor: doctorDataSchema,
  init: initDataSchema,
  'tool new': toolNewDataSchema,
  'tool test': toolTestDataSchema,
  'workspace check': workspaceCheckDataSchema,
  'workspace refresh': workspaceRefreshDataSchema,
};
