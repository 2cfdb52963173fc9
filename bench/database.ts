import { defineBenchmark } from './lib/bench.ts';
import { benchEviction } from './lib/database/eviction.ts';
import { benchHostileSql } from './lib/database/hostile-sql.ts';
import { benchLockIncident } from './lib/database/lock-incident.ts';
import { benchMariadb } from './lib/database/mariadb.ts';
import { benchNPlusOneSpans } from './lib/database/n-plus-one-spans.ts';
import { benchNPlusOne } from './lib/database/n-plus-one.ts';
import { benchOverhead } from './lib/database/overhead.ts';
import { benchPlanFlip } from './lib/database/plan-flip.ts';
import { benchSqlite } from './lib/database/sqlite.ts';
import { installServers } from './lib/install-servers.ts';

export const benchmark = defineBenchmark({
  name: 'database',
  summary: 'What happens in databases: N+1, a lock incident, evictions, hostile SQL, what looking costs',
  async run({ quick, log }) {
    installServers();
    return [
      ...(await benchNPlusOne(log)),
      ...(await benchNPlusOneSpans(log)),
      ...(await benchLockIncident(log)),
      ...(await benchEviction(quick, log)),
      ...(quick ? [] : await benchPlanFlip(log)),
      ...(await benchHostileSql(log)),
      ...(await benchOverhead(quick, log)),
      ...(await benchMariadb(log)),
      ...(await benchSqlite(log, { quick })),
    ];
  },
});
