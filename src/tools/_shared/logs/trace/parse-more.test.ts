import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTrace } from './parse.ts';
import { outline } from './test-fixture.ts';

describe('traces of Go', () => {
  it('reads the goroutine that panicked, below the panic', () => {
    const text = [
      'panic: runtime error: invalid memory address or nil pointer dereference',
      '[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4]',
      '',
      'goroutine 17 [running]:',
      'main.main.func1()',
      '\t/app/main.go:9 +0x1d',
      'panic({0x45e4c0?, 0xc000014018?})',
      '\t/usr/local/go/src/runtime/panic.go:785 +0x132',
      'github.com/acme/shop/orders.(*Service).Place(0xc000, {0x1, 0x2})',
      '\t/app/orders/service.go:12 +0x1d',
      'net/http.HandlerFunc.ServeHTTP(0xc0, {0x1, 0x2}, 0x3)',
      '\t/usr/local/go/src/net/http/server.go:2220 +0x29',
      'created by net/http.(*Server).Serve in goroutine 1',
      '\t/usr/local/go/src/net/http/server.go:3360 +0x485',
      '',
      'goroutine 1 [IO wait]:',
      'main.main()',
      '\t/app/main.go:30 +0x1',
      'exit status 2',
    ].join('\n');
    expect(outline(text)).toEqual([
      'go',
      'thrown panic: runtime error: invalid memory address or nil pointer dereference',
      '  github.com/acme/shop/orders (*Service).Place@/app/orders/service.go:12',
      '  net/http HandlerFunc.ServeHTTP@/usr/local/go/src/net/http/server.go:2220',
    ]);
  });

  it('reads panics that a server caught', () => {
    const text =
      'http: panic serving 10.0.0.1:5: boom\ngoroutine 20 [running]:\nmain.handle({0x1, 0x2}, 0x3)\n\t/src/main.go:12 +0x25';
    expect(outline(text)).toEqual(['go', 'thrown panic: boom', '  main handle@/src/main.go:12']);
  });

  it('reads errors that carry stacks: the innermost is printed first', () => {
    const text = [
      'connection refused',
      'main.dial',
      '\t/app/main.go:12',
      'main.main',
      '\t/app/main.go:30',
      'cannot start',
      'main.start',
      '\t/app/main.go:20',
    ].join('\n');
    expect(outline(text)).toEqual([
      'go',
      'thrown : cannot start',
      '  main start@/app/main.go:20',
      'thrown : connection refused',
      '  main dial@/app/main.go:12',
      '  main main@/app/main.go:30',
    ]);
  });
});

describe('traces of Ruby', () => {
  it('reads both orders alike', () => {
    const newestFirst = [
      "/app/order.rb:12:in 'Order#place': no cart (ArgumentError)",
      "\tfrom /app/web.rb:3:in 'block in call'",
      "\tfrom bin/shop.rb:1:in '<main>'",
    ].join('\n');
    const newestLast = [
      'Traceback (most recent call last):',
      "\t2: from bin/shop.rb:1:in `<main>'",
      "\t1: from /app/web.rb:3:in `block in call'",
      "/app/order.rb:12:in `Order#place': no cart (ArgumentError)",
    ].join('\n');
    expect(outline(newestFirst)).toEqual([
      'ruby',
      'thrown ArgumentError: no cart',
      '  Order#place@/app/order.rb:12',
      '  block in call@/app/web.rb:3',
      '  <main>@bin/shop.rb:1',
    ]);
    expect(outline(newestLast)).toEqual(outline(newestFirst));
  });

  it('reads what Rails logs, and causes', () => {
    const text = [
      "ActionView::Template::Error (undefined method `total' for nil:NilClass):",
      '  ',
      "app/views/orders/show.html.erb:3:in `_app_views_orders_show_html_erb__123_456'",
      "app/controllers/orders_controller.rb:12:in `show'",
      '',
      "Caused by: NoMethodError: undefined method `total' for nil",
      "app/models/order.rb:7:in `total'",
    ].join('\n');
    expect(outline(text)).toEqual([
      'ruby',
      "thrown ActionView::Template::Error: undefined method `total' for nil:NilClass",
      '  _app_views_orders_show_html_erb__123_456@app/views/orders/show.html.erb:3',
      '  show@app/controllers/orders_controller.rb:12',
      "thrown NoMethodError: undefined method `total' for nil",
      '  total@app/models/order.rb:7',
    ]);
  });
});

describe('traces of PHP', () => {
  it('puts functions where they stood, and what was thrown last first', () => {
    const text = [
      'PHP Fatal error:  Uncaught PDOException: gone away in /app/src/Db.php:8',
      'Stack trace:',
      "#0 /app/src/Order.php(12): Shop\\Db->query('SELECT (1)', Array)",
      '#1 /app/index.php(3): Shop\\Order->place()',
      '#2 {main}',
      '',
      'Next Shop\\OrderError: cannot place in /app/src/Order.php:14',
      'Stack trace:',
      '#0 /app/index.php(3): Shop\\Order->place()',
      '#1 {main}',
      '  thrown in /app/src/Order.php on line 14',
    ].join('\n');
    expect(outline(text)).toEqual([
      'php',
      'thrown Shop\\OrderError: cannot place',
      '  Shop\\Order->place@/app/src/Order.php:14',
      '  {main}@/app/index.php:3',
      'thrown PDOException: gone away',
      '  Shop\\Db->query@/app/src/Db.php:8',
      '  Shop\\Order->place@/app/src/Order.php:12',
      '  {main}@/app/index.php:3',
    ]);
  });

  it('reads what Laravel logs', () => {
    const text = [
      '[2026-03-01 10:00:00] production.ERROR: no cart {"exception":"[object] (Shop\\OrderError(code: 0): no cart at /app/src/Order.php:14)',
      '[stacktrace]',
      '#0 /app/index.php(3): Shop\\Order->place()',
      '#1 {main}',
      '"}',
    ].join('\n');
    expect(outline(text)).toEqual([
      'php',
      'thrown Shop\\OrderError: no cart',
      '  Shop\\Order->place@/app/src/Order.php:14',
      '  {main}@/app/index.php:3',
    ]);
  });
});

describe('traces of .NET', () => {
  it('gives each exception of a chain its own frames', () => {
    const text = [
      'Unhandled exception. System.AggregateException: One or more errors occurred. (no cart)',
      ' ---> System.InvalidOperationException: no cart',
      ' ---> System.IO.IOException: broken',
      '   at Shop.Disk.Read(String path, Int32 count) in /src/Disk.cs:line 9',
      '   --- End of inner exception stack trace ---',
      '   at Shop.Orders.<PlaceAsync>d__5.MoveNext() in C:\\src\\Orders.cs:line 12',
      '--- End of stack trace from previous location ---',
      '   at Shop.Web.Call[T](Func`1 next)',
      '   --- End of inner exception stack trace ---',
      '   at System.Threading.Tasks.Task.Wait()',
      '   at Program.<Main>$(String[] args) in /src/Program.cs:line 1',
    ].join('\n');
    expect(outline(text)).toEqual([
      'dotnet',
      'thrown System.AggregateException: One or more errors occurred. (no cart)',
      '  System.Threading.Tasks.Task Wait@null:null',
      '  Program <Main>$@/src/Program.cs:1',
      'thrown System.InvalidOperationException: no cart',
      '  Shop.Orders.<PlaceAsync>d__5 MoveNext@C:\\src\\Orders.cs:12',
      '  Shop.Web Call[T]@null:null',
      'thrown System.IO.IOException: broken',
      '  Shop.Disk Read@/src/Disk.cs:9',
    ]);
  });
});

describe('deep recursion', () => {
  const deep = <T>(make: (index: number) => T): T[] =>
    Array.from({ length: 10_000 }, (_, index) => make(index));

  it('keeps the newest calls and what was thrown, wherever they are printed', () => {
    const java = parseTrace(
      ['java.lang.StackOverflowError: deep', ...deep((at) => `\tat com.shop.Cart.add(Cart.java:${at})`)].join(
        '\n',
      ),
    )!;
    expect([java.cut, java.chain[0]!.message, java.chain[0]!.frames[0]!.line]).toEqual([true, 'deep', 0]);
    const python = parseTrace(
      [
        'Traceback (most recent call last):',
        ...deep((at) => `  File "cart.py", line ${at}, in add`),
        'RecursionError: deep',
      ].join('\n'),
    )!;
    expect([python.cut, python.chain[0]!.message, python.chain[0]!.frames[0]!.line]).toEqual([
      true,
      'deep',
      9_999,
    ]);
  });
});

describe('any text', () => {
  it('never makes the parser fail', () => {
    const piece = fc.constantFrom(
      'panic: ',
      '\n',
      '\tat ',
      'Caused by: ',
      '#0 ',
      ' ---> ',
      '  File "a.py", line 3, in f',
      'goroutine 1 [running]:',
      '\t/a.go:1',
      'Next ',
      "a.rb:1:in 'x'",
      '(',
      ')',
      '[cause]: ',
      'X.java:1',
      'a.js:1:2',
      '  | ',
      '  +-+---------------- 1 ----------------',
      'Traceback (most recent call last):',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 60 }), (pieces) => {
        const trace = parseTrace(pieces.join(''));
        expect(trace === null || trace.chain.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
