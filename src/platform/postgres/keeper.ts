import { type ChildProcess, spawn } from 'node:child_process';
import type { Account } from './account.ts';

/** What the keeper does, in order; the last step is the server. */
export interface KeeperPlan {
  steps: { command: string; argv: string[]; input: string }[];
  directory: string;
  logPath: string;
  removeDirectory: boolean;
  account?: Account;
  environment: Record<string, string>;
}

/**
 * Starts a small process that runs PostgreSQL for us and whose only tie to us is a pipe. When the pipe closes, because
 * we closed it or because we died, it shuts the server down and cleans up: one way to stop, always the same.
 * Its exit code is 0 after an orderly stop; otherwise its stderr holds the end of the server's log.
 */
export function startKeeper(plan: KeeperPlan): ChildProcess {
  const keeper = spawn(process.execPath, ['--input-type=commonjs', '-e', `(${keep.toString()})()`], {
    // A session of its own: Ctrl-C in the terminal goes to us, and we decide.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    windowsHide: true,
  });
  // The plan holds a password: it goes through the pipe, never onto a command line.
  keeper.stdin?.on('error', () => undefined).write(`${JSON.stringify(plan)}\n`);
  return keeper;
}

/** Runs in the keeper's process from its source text, so it may use nothing but what is inside it. */
function keep(): void {
  const childProcess = process.getBuiltinModule('node:child_process');
  const fs = process.getBuiltinModule('node:fs');
  let plan: KeeperPlan | undefined;
  let running: ChildProcess | undefined;
  let stopping = false;
  let received = '';

  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (text: string) => {
    received += text;
    if (plan || !received.includes('\n')) return;
    plan = JSON.parse(received) as KeeperPlan;
    run(plan, 0);
  });
  process.stdin.on('close', () => {
    stopping = true;
    // SIGINT is PostgreSQL's fast shutdown.
    if (!running?.kill('SIGINT')) finish(0);
  });

  function run(plan: KeeperPlan, index: number): void {
    const step = plan.steps[index];
    if (!step || stopping) return finish(0);
    const log = fs.openSync(plan.logPath, 'a');
    running = childProcess.spawn(step.command, step.argv, {
      ...plan.account,
      cwd: plan.directory,
      env: plan.environment,
      stdio: ['pipe', log, log],
      windowsHide: true,
    });
    fs.closeSync(log);
    running.stdin?.on('error', () => undefined).end(step.input);
    running.on('error', (error) => {
      fs.appendFileSync(plan.logPath, `${step.command}: ${error.message}\n`);
      finish(1);
    });
    running.on('exit', (code) => {
      running = undefined;
      if (stopping) finish(0);
      else if (code === 0 && index + 1 < plan.steps.length) run(plan, index + 1);
      else finish(1);
    });
  }

  function finish(code: number): void {
    if (plan && code !== 0) fs.writeSync(2, fs.readFileSync(plan.logPath, 'utf8').slice(-4_000));
    if (plan?.removeDirectory) fs.rmSync(plan.directory, { recursive: true, force: true, maxRetries: 5 });
    process.exit(code);
  }
}
