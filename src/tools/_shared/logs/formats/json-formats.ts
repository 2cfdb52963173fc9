import type { LogFormat } from '../format.ts';
import { bunyan } from './bunyan.ts';
import { ecs } from './ecs.ts';
import { gelf } from './gelf.ts';
import { json } from './json.ts';
import { logrus } from './logrus.ts';
import { monolog } from './monolog.ts';
import { otlp } from './otlp.ts';
import { pino } from './pino.ts';
import { postgresqlJson } from './postgresql-json.ts';
import { serilog } from './serilog.ts';
import { slog } from './slog.ts';
import { structlog } from './structlog.ts';
import { winston } from './winston.ts';
import { zap } from './zap.ts';

/** Formats whose records are JSON objects; the one that takes what is nothing else comes last. */
export const JSON_FORMATS: readonly LogFormat[] = [
  postgresqlJson,
  pino,
  bunyan,
  winston,
  structlog,
  logrus,
  zap,
  slog,
  serilog,
  monolog,
  ecs,
  otlp,
  gelf,
  json,
];
