import type { z } from 'zod';
import { alertsTestDataSchema } from './alerts/test-notifier.ts';
import { checkDataSchema } from './check-data.ts';
import { deployMarkDataSchema } from './deploy.ts';
import { doctorDataSchema } from './doctor-data.ts';
import { findingsListDataSchema, findingsMuteDataSchema, findingsShowDataSchema } from './findings.ts';
import { verifyDataSchema } from './verify.ts';

/** Schemas of `report.data` of the commands of no tool, by command; for publishing. */
export const OWN_DATA_SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  check: checkDataSchema,
  verify: verifyDataSchema,
  'findings list': findingsListDataSchema,
  'findings show': findingsShowDataSchema,
  'findings mute': findingsMuteDataSchema,
  'findings unmute': findingsMuteDataSchema,
  'deploy mark': deployMarkDataSchema,
  'alerts test': alertsTestDataSchema,
  doctor: doctorDataSchema,
};
