import type { LogFormat } from '../format.ts';
import { headText, namedFields, pairFields } from './support/fields.ts';
import { ISO, LEVELS, TIMED } from './support/java-header.ts';

const LOG4J: readonly RegExp[] = [
  new RegExp(String.raw`^${ISO},\d{3} +${LEVELS} +\[(?<thread>[^\]]+)\] +[\w.$]+`),
  new RegExp(
    String.raw`^${ISO},\d{3} +(?:\[(?<thread>[^\]]+)\] +)?${LEVELS} +(?:\[[^\]]+\] )?[\w$]+(?:\.[\w$]+)+(?: \([^)]*\))?(?::| -) `,
  ),
  new RegExp(String.raw`^${ISO},\d{3} - ${LEVELS} +\[(?<thread>.{1,160}?)\] - `),
  new RegExp(String.raw`^\d\d/\d\d/\d\d \d\d:\d\d:\d\d ${LEVELS} [\w.$]+: `),
  new RegExp(
    String.raw`^\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\.\d{3} ${LEVELS} \[(?<thread>[^\]]+)\] [\w.$]+ `,
  ),
  new RegExp(String.raw`^\[${ISO},\d{3}\] ${LEVELS} `),
];

export const log4j: LogFormat = {
  name: 'log4j',
  title: 'log4j (also Tomcat, Hadoop, Spark, Kafka, ZooKeeper)',
  ...TIMED,
  score: (line) => (LOG4J.some((layout) => layout.test(line)) ? 0.85 : 0),
  fields(view, sink) {
    const text = headText(view.raw);
    LOG4J.some((layout) => namedFields(layout, text, sink));
    pairFields(headText(view.message), sink);
  },
  samples: [
    {
      text: '2026-03-01 08:15:30,123 ERROR [pool-3-thread-1] com.example.shop.Pay: Connection to 10.0.0.7:5432 refused',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'Connection to 10.0.0.7:5432 refused',
        logger: 'com.example.shop.Pay',
        fields: { thread: 'pool-3-thread-1' },
      },
    },
    {
      text: '2026-03-01 08:15:30,123 WARN org.example.broker.Log: segment 17 is damaged',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'warn',
        message: 'segment 17 is damaged',
        logger: 'org.example.broker.Log',
      },
    },
    {
      text: '2026-03-01 08:15:30,123 - WARN  [worker[shard=1]-3:Election@774] - no leader after 60000 ms',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'warn',
        message: 'no leader after 60000 ms',
        fields: { thread: 'worker[shard=1]-3:Election@774' },
      },
    },
    {
      text: '26/03/01 08:15:30 INFO TaskRunner: finished task 3.0',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'info',
        message: 'finished task 3.0',
        logger: 'TaskRunner',
      },
    },
    {
      text: '01-Mar-2026 08:15:30.123 SEVERE [main] org.example.web.Server.start failed to bind 8080',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'org.example.web.Server.start failed to bind 8080',
      },
    },
  ],
};
