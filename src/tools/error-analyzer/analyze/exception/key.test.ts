import { describe, expect, it } from 'vitest';
import { parseTrace } from '../../../_shared/logs/trace/parse.ts';
import { type ExceptionKey, exceptionKey } from './key.ts';
import type { MessageShape } from './message.ts';

/** Digits are variable; enough of a shape for these tests. */
function shapeOf(message: string): MessageShape {
  const canonical = message.replace(/\S*\d\S*/gu, '<*>');
  return { canonical, template: canonical };
}

function keyOf(...lines: string[]): ExceptionKey {
  return exceptionKey(parseTrace(lines.join('\n'))!, shapeOf);
}

describe('the key of an exception', () => {
  it('does not depend on deploy directory, line, build, caller or framework', () => {
    const one = keyOf(
      "TypeError: Cannot read properties of undefined (reading 'total')",
      '    at OrderService.place (/srv/shop/releases/20260301/src/orders/service.ts:12:17)',
      '    at Layer.handle (/srv/shop/releases/20260301/node_modules/express/lib/layer.js:95:5)',
    );
    const other = keyOf(
      "TypeError: Cannot read properties of undefined (reading 'total')",
      '    at OrderService.place (/app/dist/orders/service.js:48:3)',
      '    at async runJob (/app/dist/jobs/worker.js:4:3)',
    );
    expect(other.exact).toBe(one.exact);
    expect(one.culprit).toBe('OrderService.place (src/orders/service.ts)');
  });

  it('tells callers of shared code apart, but keeps them under one coarse key', () => {
    const of = (caller: string): ExceptionKey =>
      keyOf(
        'Traceback (most recent call last):',
        `  File "/app/shop/${caller}.py", line 12, in ${caller}`,
        '  File "/app/shop/common/http.py", line 30, in get_json',
        'json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)',
      );
    expect(of('orders').exact).not.toBe(of('invoices').exact);
    expect(of('orders').coarse).toBe(of('invoices').coarse);
  });

  it('is the same with and without an exception that wraps it', () => {
    const root = ['java.lang.IllegalStateException: cart is closed', '\tat com.shop.Cart.add(Cart.java:30)'];
    const bare = keyOf(...root, '\tat com.shop.Web.post(Web.java:9)');
    const wrapped = keyOf(
      'jakarta.servlet.ServletException: Request processing failed',
      '\tat org.springframework.web.FrameworkServlet.processRequest(FrameworkServlet.java:1022)',
      `Caused by: ${root[0]}`,
      root[1]!,
      '\t... 40 more',
    );
    expect(wrapped.exact).toBe(bare.exact);
  });

  it('names coroutines, async methods, lambdas and proxies as the source does', () => {
    const ofJava = (call: string): ExceptionKey =>
      keyOf('java.lang.IllegalStateException: closed', `\tat com.shop.${call}`);
    const plain = ofJava('Orders.place(Orders.kt:3)');
    expect(plain.culprit).toBe('com.shop.Orders.place (Orders.kt)');
    for (const call of [
      'Orders$place$2.invokeSuspend(Orders.kt:9)',
      'Orders.lambda$place$7(Orders.java:9)',
      'Orders$$SpringCGLIB$$0.place(<generated>)',
    ])
      expect(ofJava(call).exact).toBe(plain.exact);
  });

  it('takes words of the message only where type and place tell too little', () => {
    const frame = '    at plan (/app/src/jobs/planner.js:1:2)';
    expect(keyOf('QuotaError: no slot', frame).exact).toBe(keyOf('QuotaError: no worker', frame).exact);
    expect(keyOf('Error: no slot', frame).exact).not.toBe(keyOf('Error: no worker', frame).exact);
    expect(keyOf("Error: no slot for Alice Smith at 'home'", frame).exact).toBe(
      keyOf("Error: no slot for Bob Jones at 'north wind'", frame).exact,
    );
  });

  it('tells members of nothing apart, but not what a minifier named', () => {
    const of = (name: string): string =>
      keyOf(
        `TypeError: Cannot read properties of null (reading '${name}')`,
        '    at sum (/app/src/cart.js:1:2)',
      ).exact;
    expect(of('total')).not.toBe(of('price'));
    expect(of('a')).toBe(of('b'));
  });

  it('takes frames for the application’s own as the user says', () => {
    const trace = parseTrace(
      'Error: x\n    at run (/app/node_modules/@acme/orders/run.js:1:2)\n    at go (/app/src/go.js:1:2)',
    )!;
    const culprit = (inApp: string[], notInApp: string[]): string | null =>
      exceptionKey(trace, shapeOf, { rules: { inApp, notInApp } }).culprit;
    expect(culprit([], [])).toBe('go (src/go.js)');
    expect(culprit(['*/@acme/*'], [])).toContain('run (');
    expect(culprit([], ['/app/src/*'])).toContain('run (');
  });
});
