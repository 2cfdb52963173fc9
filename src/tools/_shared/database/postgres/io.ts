import { unknown } from '../reading.ts';
import { type Columns, majorOf, number, selectList } from './sql.ts';
import { CHEAP_MS, type TopicReader } from './topic.ts';

/** pg_stat_io (16 and newer), a row for each kind of process, object and context that did something. Counters. */
export interface IoCounters {
  /** `client backend`, `autovacuum worker`, `checkpointer`, … */
  backendType: string;
  /** `relation`, `temp relation`, from 18 on `wal`. */
  object: string;
  /** `normal`, `vacuum`, `bulkread`, `bulkwrite`, from 18 on `init`. */
  context: string;
  reads: number | null;
  readBytes: number | null;
  /** Zero unless track_io_timing is on. */
  readMs: number | null;
  writes: number | null;
  writeBytes: number | null;
  writeMs: number | null;
  extends: number | null;
  hits: number | null;
  evictions: number | null;
  fsyncs: number | null;
  fsyncMs: number | null;
}

const COLUMNS: Columns<IoCounters> = {
  backendType: 'i.backend_type',
  object: 'i.object',
  context: 'i.context',
  reads: number('i.reads'),
  readBytes: { 16: number('i.reads * i.op_bytes'), 18: number('i.read_bytes') },
  readMs: number('i.read_time'),
  writes: number('i.writes'),
  writeBytes: { 16: number('i.writes * i.op_bytes'), 18: number('i.write_bytes') },
  writeMs: number('i.write_time'),
  extends: number('i.extends'),
  hits: number('i.hits'),
  evictions: number('i.evictions'),
  fsyncs: number('i.fsyncs'),
  fsyncMs: number('i.fsync_time'),
};

export const ioReader: TopicReader<readonly IoCounters[]> = {
  view: 'pg_stat_io',
  budgetMs: CHEAP_MS,
  refusal: (server) =>
    majorOf(server) < 16 ? unknown(`PostgreSQL ${majorOf(server)} has no pg_stat_io; 16 and newer do`) : null,
  read: (query, server) =>
    query(`SELECT ${selectList(COLUMNS, majorOf(server))} FROM pg_catalog.pg_stat_io i
      WHERE coalesce(i.reads, 0) + coalesce(i.writes, 0) + coalesce(i.extends, 0)
        + coalesce(i.hits, 0) + coalesce(i.fsyncs, 0) > 0`),
};
