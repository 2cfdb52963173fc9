/** What else ends up in log files: traces, banners, warnings of the runtime. */

export const JAVA_TRACE =
  'java.lang.IllegalStateException: no stock left\n\tat com.example.shop.Stock.take(Stock.java:12)\n\tat com.example.shop.Orders.place(Orders.java:41)\nCaused by: java.io.IOException: Broken pipe\n\t... 31 more';
export const PYTHON_TRACE =
  'Traceback (most recent call last):\n  File "/srv/shop/pay.py", line 12, in charge\n    card.charge(total)\nValueError: card has expired';
export const NODE_TRACE =
  'TypeError: cart.items is not iterable\n    at total (/srv/shop/cart.js:17:22)\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)';

export const GENERAL_NOISE = [
  '',
  'Listening on port 8080',
  '-----',
  'warning: something odd was printed here',
] as const;
export const JAVA_NOISE = [
  JAVA_TRACE,
  "  .   ____          _            __ _ _\n /\\\\ / ___'_ __ _ _(_)_ __  __ _ \\ \\ \\ \\",
  'OpenJDK 64-Bit Server VM warning: Sharing is only supported for boot loader classes',
] as const;
export const PYTHON_NOISE = [
  PYTHON_TRACE,
  '/usr/lib/python3/site.py:3: DeprecationWarning: old call',
] as const;
export const NODE_NOISE = [
  NODE_TRACE,
  '(node:17) Warning: Setting the TLS option is insecure',
  '> shop@1.0.0 start',
] as const;
