import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './cli.ts';

/** Command lines as the founding document writes them, to be typed in `ai-agents/backend/`. */
export const FOUNDING_COMMANDS: readonly string[] = [
  'node tools/api-health-monitor.js watch --endpoints=/api/users,/api/auth',
  'node tools/api-health-monitor.js status',
  'node tools/api-health-monitor.js baseline',
  'node tools/api-health-monitor.js performance-report',
  'node tools/api-health-monitor.js post-deploy-check',
  'python tools/database-performance-tracker.py analyze --duration=1h',
  'python tools/database-performance-tracker.py analyze --deep',
  'python tools/database-performance-tracker.py overnight-summary',
  'python tools/database-performance-tracker.py current-state',
  'python tools/database-performance-tracker.py incident-mode',
  'node tools/load-tester.js run --concurrent=50 --duration=300s',
  'node tools/load-tester.js quick-test',
  'node tools/load-tester.js before-after --baseline=baseline.json',
  'python tools/security-scanner.py scan',
  'python tools/security-scanner.py scan --full',
  'node tools/error-analyzer.js analyze --since=24h',
  'node tools/error-analyzer.js monitor --live',
  'node tools/error-analyzer.js emergency --live',
  'python tools/query-optimizer.py analyze --min-time=100ms',
  'python tools/query-optimizer.py recommendations',
  'python tools/migration-validator.py test --migration=0001_initial.py',
  'python tools/migration-validator.py test',
  'node tools/api-contract-tester.js validate --spec=openapi.json',
  'node tools/api-contract-tester.js validate',
  'node tools/dependency-health-checker.js monitor',
  'node tools/dependency-health-checker.js status',
];

/** The same out of the table in MISSION.md, where the team's folder stands beside this one; null elsewhere. */
export async function commandsOfMission(): Promise<string[] | null> {
  const file = path.join(ROOT, '..', 'shared', 'MISSION.md');
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  return text.split('\n').flatMap((line) => {
    const [, launcher, commands] = /^\| `([a-z-]+\.(?:js|py))`.*\|([^|]*)\|\s*$/.exec(line) ?? [];
    if (launcher === undefined || commands === undefined) return [];
    const interpreter = launcher.endsWith('.py') ? 'python' : 'node';
    const words = [...commands.matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? '');
    return words.map((command) => `${interpreter} tools/${launcher} ${command}`);
  });
}
