// What `npm start` and `npm test` share. Node built-ins only: it runs before anything is installed.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const stamp = path.join(root, 'dist', '.built');

/** Installs exactly what the lock file says, without install scripts, when that is not what is there. */
export async function install() {
  if (isInstalled()) return 'already installed';
  const started = Date.now();
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const code = await runNpm(['ci', ...flags], { stdout: 2 });
  if (code !== 0) throw new Error(`npm ci failed with exit code ${code}`);
  return `installed in ${seconds(started)}`;
}

/** npm run by the same Node, where npm started us; else the one on the PATH. */
function runNpm(args, options) {
  const script = process.env.npm_execpath;
  return script ? run(process.execPath, [script, ...args], options) : run('npm', args, options);
}

/** npm keeps a copy of the lock file of what it installed; packages for other systems are not in it. */
function isInstalled() {
  const wanted = packagesIn(path.join(root, 'package-lock.json'));
  const present = packagesIn(path.join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([name, entry]) => {
    const installed = present[name];
    return name === '' || (installed ? installed.version === entry.version : entry.optional === true);
  });
}

function packagesIn(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

/** Compiles into dist/ when a source is newer than what was compiled. */
export async function build() {
  if (existsSync(stamp) && newestSourceMs() <= statSync(stamp).mtimeMs) return 'already built';
  const started = Date.now();
  // The compiler's own notes would make it leave out files that are gone from dist.
  if (!existsSync(stamp)) rmSync(path.join(root, '.cache', 'build.tsbuildinfo'), { force: true });
  const code = await run(process.execPath, [bin('typescript', 'tsc'), '-p', 'tsconfig.build.json']);
  if (code !== 0) throw new Error(`the build failed with exit code ${code}`);
  writeFileSync(stamp, '');
  return `built in ${seconds(started)}`;
}

function newestSourceMs() {
  const sources = [
    'src',
    'demo',
    'bench',
    'scripts',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
  ];
  return Math.max(...sources.map((name) => newestMs(path.join(root, name))));
}

function newestMs(file) {
  const stats = statSync(file);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(file).map((name) => newestMs(path.join(file, name))));
}

/** The file behind a command of an installed package, to be run with the same Node as we are. */
export function bin(packageName, command) {
  const folder = path.join(root, 'node_modules', packageName);
  const declared = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')).bin;
  return path.join(folder, typeof declared === 'string' ? declared : declared[command]);
}

/** Runs a program on our streams; its exit code. Ctrl-C reaches it from the terminal, so we only wait for its end. */
export function run(command, args, { env = process.env, stdout = 'inherit' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['inherit', stdout, 'inherit'] });
    const wait = () => {};
    const forward = () => child.kill('SIGTERM');
    process.on('SIGINT', wait);
    process.on('SIGTERM', forward);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.off('SIGINT', wait);
      process.off('SIGTERM', forward);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}

export function seconds(startedMs) {
  return `${((Date.now() - startedMs) / 1000).toFixed(1)} s`;
}

/** Ends the script with one line when a step could not be done. */
export function fail(error) {
  process.stderr.write(`rearguard: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(3);
}
