import type { LogFormat } from '../format.ts';
import { accessLog } from './access-log.ts';
import { apacheError } from './apache-error.ts';
import { django } from './django.ts';
import { gunicorn } from './gunicorn.ts';
import { javaUtilLogging } from './java-util-logging.ts';
import { klog } from './klog.ts';
import { log4j } from './log4j.ts';
import { logback } from './logback.ts';
import { logfmt } from './logfmt.ts';
import { monologLine } from './monolog-line.ts';
import { mysqlError } from './mysql-error.ts';
import { nginxError } from './nginx-error.ts';
import { phpError } from './php-error.ts';
import { phpFpm } from './php-fpm.ts';
import { postgresql } from './postgresql.ts';
import { postgresqlCsv } from './postgresql-csv.ts';
import { pythonLogging } from './python-logging.ts';
import { rails } from './rails.ts';
import { redis } from './redis.ts';
import { springBoot } from './spring-boot.ts';
import { syslogRfc3164 } from './syslog-rfc3164.ts';
import { syslogRfc5424 } from './syslog-rfc5424.ts';
import { text } from './text.ts';
import { textTimestamp } from './text-timestamp.ts';
import { uvicorn } from './uvicorn.ts';

/** Formats whose records are lines of text; the two that take what is nothing else come last. */
export const TEXT_FORMATS: readonly LogFormat[] = [
  accessLog,
  nginxError,
  apacheError,
  syslogRfc5424,
  syslogRfc3164,
  postgresqlCsv,
  postgresql,
  mysqlError,
  redis,
  klog,
  rails,
  django,
  gunicorn,
  uvicorn,
  phpFpm,
  phpError,
  monologLine,
  springBoot,
  logback,
  log4j,
  javaUtilLogging,
  pythonLogging,
  logfmt,
  textTimestamp,
  text,
];
