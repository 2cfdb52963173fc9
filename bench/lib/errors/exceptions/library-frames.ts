import type { Runtime } from '../../../../src/tools/_shared/logs/trace/types.ts';

/** Frames of runtimes and frameworks, by the part they play; `{root}` is the directory of the deployment. */
export const LIBRARY_FRAMES: Readonly<Record<Runtime, Readonly<Record<string, readonly string[]>>>> = {
  node: {
    socket: ['TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)'],
    pool: [
      'Timeout.onTimeout [as _onTimeout] ({root}/node_modules/pg-pool/index.js:237:21)',
      'listOnTimeout (node:internal/timers:581:17)',
    ],
    timer: [
      'Timeout._onTimeout ({root}/node_modules/bullmq/dist/cjs/classes/worker.js:512:15)',
      'process.processTimers (node:internal/timers:519:7)',
    ],
    parser: ['JSON.parse (<anonymous>)'],
    instrumentation: [
      'AsyncLocalStorage.run (node:async_hooks:346:14)',
      '{root}/node_modules/@opentelemetry/api/build/src/api/context.js:60:46',
    ],
    router: [
      'Layer.handle [as handle_request] ({root}/node_modules/express/lib/router/layer.js:95:5)',
      'next ({root}/node_modules/express/lib/router/route.js:149:13)',
    ],
    'http server': ['Server.emit (node:events:518:28)'],
    scheduler: [
      'Task.fire ({root}/node_modules/.pnpm/node-cron@3.0.3/node_modules/node-cron/src/task.js:12:5)',
    ],
    queue: ['Channel.dispatchMessage ({root}/node_modules/amqplib/lib/channel.js:472:12)'],
    'event loop': ['process.processTicksAndRejections (node:internal/process/task_queues:105:5)'],
  },
  python: {
    socket: ['"/usr/lib/python3.12/socket.py", line 852, in create_connection'],
    pool: ['"/usr/local/lib/python3.12/site-packages/sqlalchemy/pool/impl.py", line 168, in _do_get'],
    timer: ['"/usr/lib/python3.12/threading.py", line 1433, in run'],
    parser: ['"/usr/lib/python3.12/json/decoder.py", line 353, in raw_decode'],
    instrumentation: [
      '"/opt/venv/lib/python3.12/site-packages/ddtrace/contrib/trace.py", line 41, in traced_func',
    ],
    router: ['"/usr/local/lib/python3.12/site-packages/starlette/routing.py", line 74, in app'],
    'http server': [
      '"/usr/local/lib/python3.12/site-packages/uvicorn/protocols/http/httptools_impl.py", line 411, in run_asgi',
    ],
    scheduler: [
      '"/srv/venv/lib/python3.12/site-packages/apscheduler/executors/base.py", line 125, in run_job',
    ],
    queue: ['"/usr/local/lib/python3.12/site-packages/celery/app/trace.py", line 477, in trace_task'],
    'event loop': ['"/usr/lib/python3.12/asyncio/runners.py", line 194, in run'],
  },
  java: {
    socket: [
      'java.base/sun.nio.ch.Net.pollConnect(Native Method)',
      'java.base/java.net.Socket.connect(Socket.java:751)',
    ],
    pool: [
      'com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:696)',
      'com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:197)',
    ],
    timer: ['java.base/java.util.TimerThread.mainLoop(Timer.java:566)'],
    parser: ['com.fasterxml.jackson.core.JsonParser._constructError(JsonParser.java:2481)'],
    instrumentation: [
      'io.opentelemetry.context.Context.lambda$wrap$1(Context.java:212)',
      'java.base/jdk.internal.reflect.GeneratedMethodAccessor123.invoke(Unknown Source)',
    ],
    router: ['org.springframework.web.servlet.DispatcherServlet.doDispatch(DispatcherServlet.java:1081)'],
    'http server': [
      'org.apache.catalina.core.ApplicationFilterChain.doFilter(ApplicationFilterChain.java:149)',
      'java.base/java.lang.Thread.run(Thread.java:1583)',
    ],
    scheduler: [
      'org.springframework.scheduling.support.ScheduledMethodRunnable.run(ScheduledMethodRunnable.java:84)',
    ],
    queue: ['org.apache.kafka.clients.consumer.internals.Fetcher.fetch(Fetcher.java:99)'],
    'event loop': [
      'java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1144)',
    ],
  },
  go: {
    socket: ['net.(*netFD).connect /usr/local/go/src/net/fd_unix.go:118'],
    pool: [
      'github.com/jackc/pgx/v5/pgxpool.(*Pool).Acquire /go/pkg/mod/github.com/jackc/pgx/v5@v5.6.0/pgxpool/pool.go:520',
    ],
    timer: ['time.goFunc /usr/local/go/src/time/sleep.go:215'],
    parser: ['encoding/json.Unmarshal /usr/local/go/src/encoding/json/decode.go:108'],
    instrumentation: [
      'go.opentelemetry.io/otel/trace.run /go/pkg/mod/go.opentelemetry.io/otel@v1.28.0/trace/trace.go:50',
    ],
    router: [
      'github.com/go-chi/chi/v5.(*Mux).routeHTTP /go/pkg/mod/github.com/go-chi/chi/v5@v5.1.0/mux.go:459',
    ],
    'http server': ['net/http.serverHandler.ServeHTTP /usr/local/go/src/net/http/server.go:3210'],
    scheduler: [
      'github.com/robfig/cron/v3.(*Cron).run /go/pkg/mod/github.com/robfig/cron/v3@v3.0.1/cron.go:312',
    ],
    queue: [
      'github.com/nats-io/nats.go.(*Conn).waitForMsgs /go/pkg/mod/github.com/nats-io/nats.go@v1.36.0/nats.go:3000',
    ],
    'event loop': ['runtime.goexit /usr/local/go/src/runtime/asm_amd64.s:1700'],
  },
  ruby: {
    socket: ["/usr/local/lib/ruby/3.3.0/socket.rb:1214:in `connect'"],
    pool: ["/usr/local/bundle/gems/connection_pool-2.4.1/lib/connection_pool/timed_stack.rb:74:in `pop'"],
    timer: [
      "/usr/local/bundle/gems/concurrent-ruby-1.3.4/lib/concurrent/timer_task.rb:310:in `execute_task'",
    ],
    parser: ["/usr/local/lib/ruby/3.3.0/json/common.rb:219:in `parse'"],
    instrumentation: [
      "/usr/local/bundle/gems/activesupport-7.1.3/lib/active_support/notifications.rb:206:in `instrument'",
    ],
    router: [
      "/usr/local/bundle/gems/actionpack-7.1.3/lib/action_dispatch/routing/route_set.rb:882:in `call'",
    ],
    'http server': ["/usr/local/bundle/gems/puma-6.4.2/lib/puma/server.rb:443:in `process_client'"],
    scheduler: [
      "/usr/local/bundle/gems/rufus-scheduler-3.9.1/lib/rufus/scheduler/jobs_core.rb:263:in `do_call'",
    ],
    queue: ["/usr/local/bundle/gems/sidekiq-7.2.4/lib/sidekiq/processor.rb:220:in `execute_job'"],
    'event loop': [
      "/usr/local/bundle/gems/puma-6.4.2/lib/puma/thread_pool.rb:155:in `block in spawn_thread'",
    ],
  },
  php: {
    socket: [
      'predis/predis/src/Connection/StreamConnection.php Predis\\Connection\\StreamConnection->createResource',
    ],
    pool: ['doctrine/dbal/src/Connection.php Doctrine\\DBAL\\Connection->connect'],
    timer: ['react/event-loop/src/Timer/Timers.php React\\EventLoop\\Timer\\Timers->tick'],
    parser: [
      'symfony/serializer/Encoder/JsonDecode.php Symfony\\Component\\Serializer\\Encoder\\JsonDecode->decode',
    ],
    instrumentation: ['sentry/sentry/src/functions.php Sentry\\trace'],
    router: ['laravel/framework/src/Illuminate/Routing/Router.php Illuminate\\Routing\\Router->dispatch'],
    'http server': [
      'laravel/framework/src/Illuminate/Foundation/Http/Kernel.php Illuminate\\Foundation\\Http\\Kernel->handle',
    ],
    scheduler: [
      'laravel/framework/src/Illuminate/Console/Scheduling/Event.php Illuminate\\Console\\Scheduling\\Event->run',
    ],
    queue: ['laravel/framework/src/Illuminate/Queue/Worker.php Illuminate\\Queue\\Worker->process'],
    'event loop': ['revolt/event-loop/src/EventLoop.php Revolt\\EventLoop->run'],
  },
  dotnet: {
    socket: ['System.Net.Sockets.Socket.Connect(EndPoint remoteEP)'],
    pool: ['Npgsql.PoolingDataSource.<Get>g__RentAsync|34_0(NpgsqlConnection conn)'],
    timer: ['System.Threading.TimerQueueTimer.Fire(Boolean isThreadPool)'],
    parser: ['System.Text.Json.ThrowHelper.ThrowJsonReaderException(Utf8JsonReader& json)'],
    instrumentation: [
      'OpenTelemetry.Trace.Tracer.Run(Action action)',
      'System.Runtime.CompilerServices.TaskAwaiter.HandleNonSuccessAndDebuggerNotification(Task task)',
    ],
    router: [
      'Microsoft.AspNetCore.Routing.EndpointMiddleware.<Invoke>g__AwaitRequestTask|6_0(Endpoint endpoint)',
    ],
    'http server': [
      'Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpProtocol.ProcessRequests[TContext](IHttpApplication`1 application)',
    ],
    scheduler: ['Quartz.Core.JobRunShell.Run(CancellationToken cancellationToken)'],
    queue: ['MassTransit.Middleware.ConsumerMessageFilter`2.Send(ConsumeContext`1 context)'],
    'event loop': ['System.Threading.ThreadPoolWorkQueue.Dispatch()'],
  },
};
