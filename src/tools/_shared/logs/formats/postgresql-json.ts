import { jsonFormat } from '../json/json-format.ts';
import { hasAll } from '../json/top-level.ts';

/** https://www.postgresql.org/docs/current/runtime-config-logging.html, jsonlog: since version 15. */
export const postgresqlJson = jsonFormat({
  name: 'postgresql-json',
  title: 'PostgreSQL (jsonlog)',
  score: (members) => (hasAll(members, 'timestamp', 'error_severity', 'message', 'pid') ? 1 : 0),
  keys: { time: ['timestamp'], level: ['error_severity'], message: ['message'] },
  samples: [
    {
      text: String.raw`{"timestamp":"2026-03-01 08:15:30.123 UTC","user":"web","dbname":"shop","pid":4711,"remote_host":"10.0.0.7","session_id":"69a3f1c2.1267","line_num":3,"ps":"INSERT","error_severity":"ERROR","state_code":"23505","message":"duplicate key value violates unique constraint \"users_email_key\"","detail":"Key (email)=(a@b.example) already exists.","statement":"INSERT INTO users VALUES ($1)","application_name":"api"}`,
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'duplicate key value violates unique constraint "users_email_key"',
        fields: { dbname: 'shop', state_code: '23505', application_name: 'api' },
      },
    },
    {
      text: '{"timestamp":"2026-03-01 09:15:30.123 CET","pid":9,"session_id":"69a3f1c2.9","line_num":1,"error_severity":"LOG","message":"checkpoint starting: time","backend_type":"checkpointer","query_id":0}',
      expected: { time: '2026-03-01T08:15:30.123Z', level: 'info', message: 'checkpoint starting: time' },
    },
  ],
});
