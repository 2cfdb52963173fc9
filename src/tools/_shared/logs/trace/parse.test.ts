import { describe, expect, it } from 'vitest';
import { outline } from './test-fixture.ts';

describe('traces of V8', () => {
  it('reads methods, aliases, async calls, file URLs and frames without a name', () => {
    const text = [
      "TypeError: Cannot read properties of undefined (reading 'total')",
      '    at OrderService.place (/srv/shop/src/orders.js:12:17)',
      '    at Object.run [as start] (file:///srv/shop/src/run.mjs:3:1)',
      '    at async Promise.all (index 0)',
      '    at async /srv/shop/src/server.js:40:3',
      '    at new Shop (C:\\shop\\shop.js:1:2)',
      '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
      '    at Array.map (<anonymous>)',
    ].join('\n');
    expect(outline(text)).toEqual([
      'node',
      "thrown TypeError: Cannot read properties of undefined (reading 'total')",
      '  OrderService.place@/srv/shop/src/orders.js:12',
      '  Object.run [as start]@/srv/shop/src/run.mjs:3',
      '  Promise.all@index 0:null',
      '  <anonymous>@/srv/shop/src/server.js:40',
      '  new Shop@C:\\shop\\shop.js:1',
      '  process.processTicksAndRejections@node:internal/process/task_queues:95',
      '  Array.map@<anonymous>:null',
    ]);
  });

  it('finds a plain error behind a log line', () => {
    const text = '2026-03-01 ERROR [main] unhandled: Error: refused\n    at connect (/app/db.js:1:2)';
    expect(outline(text)).toEqual(['node', 'thrown Error: refused', '  connect@/app/db.js:1']);
  });

  it('follows causes and keeps aggregated errors apart', () => {
    const text = [
      'OrderError: cannot place order 17',
      '    at place (/app/src/orders.js:12:11) {',
      "  code: 'E_ORDER',",
      '  [cause]: AggregateError [ECONNREFUSED]: ',
      '      at internalConnectMultiple (node:net:1118:18)',
      '      at connect (/app/src/db.js:4:3) {',
      "    code: 'ECONNREFUSED',",
      '    [errors]: [',
      '      Error: connect ECONNREFUSED ::1:5432',
      '          at createConnectionError (node:net:1646:14) {',
      '        errno: -111',
      '      },',
      '      Error: connect ECONNREFUSED 127.0.0.1:5432',
      '          at createConnectionError (node:net:1646:14)',
      '    ]',
      '  }',
      '}',
    ].join('\n');
    expect(outline(text)).toEqual([
      'node',
      'thrown OrderError: cannot place order 17',
      '  place@/app/src/orders.js:12',
      'thrown AggregateError [ECONNREFUSED]: ',
      '  internalConnectMultiple@node:net:1118',
      '  connect@/app/src/db.js:4',
      'apart Error: connect ECONNREFUSED ::1:5432',
      '  createConnectionError@node:net:1646',
      'apart Error: connect ECONNREFUSED 127.0.0.1:5432',
      '  createConnectionError@node:net:1646',
    ]);
  });

  it('finds what was thrown below the source of an uncaught error, and joins a message over several lines', () => {
    const text = [
      '/app/src/users.js:7',
      '  throw new PrismaClientKnownRequestError();',
      '  ^',
      '',
      'PrismaClientKnownRequestError: ',
      'Invalid `prisma.user.create()` invocation:',
      '',
      'Unique constraint failed on the fields: (`email`)',
      '    at create (/app/src/users.js:7:9)',
      '',
      'Node.js v20.19.0',
    ].join('\n');
    expect(outline(text)).toEqual([
      'node',
      'thrown PrismaClientKnownRequestError: Invalid `prisma.user.create()` invocation:\n\nUnique constraint failed on the fields: (`email`)',
      '  create@/app/src/users.js:7',
    ]);
  });
});

describe('traces of Python', () => {
  it('puts the newest call first and what was thrown last first', () => {
    const text = [
      'Traceback (most recent call last):',
      '  File "/srv/app/db.py", line 8, in connect',
      '    raise OSError("refused")',
      'OSError: refused',
      '',
      'The above exception was the direct cause of the following exception:',
      '',
      'Traceback (most recent call last):',
      '  File "/srv/app/main.py", line 30, in <module>',
      '    main()',
      '    ~~~~^^',
      '  File "/srv/app/orders.py", line 12, in place',
      '    raise shop.OrderError("no order") from error',
      'shop.errors.OrderError: no order',
      'of today',
    ].join('\n');
    expect(outline(text)).toEqual([
      'python',
      'thrown shop.errors.OrderError: no order\nof today',
      '  place@/srv/app/orders.py:12',
      '  <module>@/srv/app/main.py:30',
      'thrown OSError: refused',
      '  connect@/srv/app/db.py:8',
    ]);
  });

  it('keeps the members of a group apart', () => {
    const text = [
      '  + Exception Group Traceback (most recent call last):',
      '  |   File "/app/main.py", line 9, in run',
      '  |     async with asyncio.TaskGroup() as tasks:',
      '  | ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions)',
      '  +-+---------------- 1 ----------------',
      '    | Traceback (most recent call last):',
      '    |   File "/app/pay.py", line 4, in pay',
      '    |     raise ValueError(3)',
      '    | ValueError: 3',
      '    +---------------- 2 ----------------',
      "    | KeyError: 'id'",
      '    +------------------------------------',
    ].join('\n');
    expect(outline(text)).toEqual([
      'python',
      'thrown ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions)',
      '  run@/app/main.py:9',
      'apart ValueError: 3',
      '  pay@/app/pay.py:4',
      "apart KeyError: 'id'",
    ]);
  });
});

describe('traces of the JVM', () => {
  it('reads causes, suppressed ones, loaders, modules and elided frames', () => {
    const text = [
      'Exception in thread "http-1" com.shop.OrderException: order 17',
      '\tat app//com.shop.Orders.lambda$place$0(Orders.java:12)',
      '\tat java.base/java.util.Optional.map(Optional.java:260)',
      '\tat com.shop.Web$$SpringCGLIB$$0.call(<generated>)',
      '\tat com.shop.Main.main(Main.kt:3) ~[shop.jar:1.2]',
      '\tSuppressed: java.io.IOException: close',
      '\t\tat com.shop.Pool.close(Pool.java:9)',
      '\t\tCaused by: java.net.SocketException: reset',
      '\t\t... 2 more',
      'Caused by: java.sql.SQLException: deadlock',
      'detected',
      '\tat org.postgresql.Driver.run(Driver.java:1)',
      '\t... 2 common frames omitted',
    ].join('\n');
    expect(outline(text)).toEqual([
      'java',
      'thrown com.shop.OrderException: order 17',
      '  com.shop.Orders lambda$place$0@Orders.java:12',
      '  java.util.Optional map@Optional.java:260',
      '  com.shop.Web$$SpringCGLIB$$0 call@null:null',
      '  com.shop.Main main@Main.kt:3',
      'thrown java.sql.SQLException: deadlock\ndetected (+2)',
      '  org.postgresql.Driver run@Driver.java:1',
      'apart java.io.IOException: close',
      '  com.shop.Pool close@Pool.java:9',
      'apart java.net.SocketException: reset (+2)',
    ]);
  });

  it('is found behind a log line', () => {
    const text =
      '2026-03-01 10:00:00 ERROR c.s.Orders - failed\njava.lang.IllegalStateException: closed\n\tat com.shop.Orders.place(Orders.java:12)';
    expect(outline(text)).toEqual([
      'java',
      'thrown java.lang.IllegalStateException: closed',
      '  com.shop.Orders place@Orders.java:12',
    ]);
  });
});
