import type { LogFormat } from '../format.ts';
import { headText, namedFields, pairFields } from './support/fields.ts';
import { ISO, LEVELS, TIMED, ZONE } from './support/java-header.ts';

const SPRING = new RegExp(
  String.raw`^${ISO}[.,]\d{3}${ZONE} +${LEVELS} (?:\[(?<app>[^\],]*),[^\]]*\] )?(?<pid>\d+) --- (?:\[(?<application>[^\]]*)\] )?\[(?<thread>[^\]]*)\] (?:\[[^\]]*\] )?\S+ +: `,
);
export const springBoot: LogFormat = {
  name: 'spring-boot',
  title: 'Spring Boot',
  ...TIMED,
  score: (line) => (SPRING.test(line) ? 1 : 0),
  fields(view, sink) {
    namedFields(SPRING, headText(view.raw), sink);
    pairFields(headText(view.message), sink);
  },
  samples: [
    {
      text: '2026-03-01T08:15:30.123+01:00 ERROR 4711 --- [shop] [nio-8080-exec-3] c.e.shop.OrderController         : Could not place order=17\n\njava.lang.IllegalStateException: no stock\n\tat com.example.shop.Stock.take(Stock.java:12)\n\t... 3 common frames omitted',
      expected: {
        time: '2026-03-01T07:15:30.123Z',
        level: 'error',
        message: 'Could not place order=17',
        stack: 'java.lang.IllegalStateException: no stock',
        logger: 'c.e.shop.OrderController',
        fields: { pid: '4711', application: 'shop', thread: 'nio-8080-exec-3', order: '17' },
      },
    },
    {
      text: '2026-03-01 08:15:30.123  INFO 4711 --- [           main] o.s.b.w.embedded.tomcat.TomcatWebServer  : Tomcat started on port(s): 8080 (http)',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: 'Tomcat started on port(s): 8080 (http)',
        logger: 'o.s.b.w.embedded.tomcat.TomcatWebServer',
      },
    },
    {
      text: '2026-03-01T08:15:30.123Z ERROR 4711 --- [nio-8080-exec-3] o.a.c.c.C.[.[.[/].[dispatcherServlet]    : Servlet.service() threw exception',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'Servlet.service() threw exception',
        logger: 'o.a.c.c.C.[.[.[/].[dispatcherServlet]',
      },
    },
  ],
};
