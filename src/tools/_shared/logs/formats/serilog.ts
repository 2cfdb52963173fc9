import { LEVEL } from '../../../../core/log/level.ts';
import { jsonFormat } from '../json/json-format.ts';

export const serilog = jsonFormat({
  name: 'serilog',
  title: 'Serilog (.NET, compact log event format)',
  score: (members) => (members.has('@t') && (members.has('@mt') || members.has('@m')) ? 0.95 : 0),
  // The template stands for the message where it was not rendered: its words are those that all events of its kind share.
  keys: { time: ['@t'], level: ['@l'], message: ['@m', '@mt'], error: ['@x'], logger: ['SourceContext'] },
  // CLEF: "the absence of @l is informational".
  levelWithout: LEVEL.info,
  samples: [
    {
      text: '{"@t":"2026-03-01T08:15:30.1234567Z","@mt":"Order {OrderId} placed","OrderId":17,"SourceContext":"Shop.Orders"}',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: 'Order {OrderId} placed',
        logger: 'Shop.Orders',
        fields: { OrderId: '17' },
      },
    },
    {
      text: String.raw`{"@t":"2026-03-01T08:15:30.1234567Z","@mt":"Order failed","@l":"Error","@x":"System.InvalidOperationException: No stock\r\n   at Shop.Orders.Place(Int32 id) in /src/Orders.cs:line 12"}`,
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'Order failed',
        stack: 'System.InvalidOperationException: No stock',
      },
    },
  ],
});
