/**
 * Runs as CommonJS and as a module, whichever the repository's package.json says. The program is imported into this very
 * process, so that signals, terminal, streams and exit code are its own; only what is no script is started as a process.
 */
export const NODE_LAUNCHER = String.raw`#!/usr/bin/env node
// Starts TOOL_NAME, a tool of Rearguard, and hands everything over to it.
// It looks for Rearguard in this order: REARGUARD_BIN, node_modules above, .rearguard/program above, PATH.

async function main(tool, args) {
  const [fs, path, url] = await Promise.all([import('node:fs'), import('node:path'), import('node:url')]);
  const above = [path.dirname(isFile(process.argv[1]) ? fs.realpathSync(process.argv[1]) : process.argv[1])];
  while (path.dirname(above.at(-1)) !== above.at(-1)) above.push(path.dirname(above.at(-1)));

  const named = process.env.REARGUARD_BIN;
  const program = named ? path.resolve(named) : find();
  if (program === undefined || !isFile(program)) {
    const reason = named ? 'REARGUARD_BIN names ' + named + ', which is no file.' : 'Rearguard is not installed here.';
    console.error(tool + ': ' + reason + ' Run "npm install --save-dev rearguard", or set REARGUARD_BIN to its bin/rearguard.js.');
    process.exitCode = 2;
    return;
  }
  const argv = [...configOf(), tool, ...args];
  const script = scriptOf(program);
  if (script === undefined) return start(program, argv);
  process.argv = [process.argv[0], script, ...argv];
  await import(url.pathToFileURL(script).href);

  // What may not be looked at is none.
  function isFile(file) {
    try {
      return fs.statSync(file).isFile();
    } catch {
      return false;
    }
  }

  function find() {
    const installed = above.flatMap((folder) => shims(path.join(folder, 'node_modules', '.bin')));
    const noted = above.map((folder) => path.join(folder, '.rearguard', 'program')).filter(isFile);
    const onPath = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean).flatMap(shims);
    return [...installed, ...noted.map((file) => fs.readFileSync(file, 'utf8').trim()), ...onPath].find(isFile);
  }

  function shims(folder) {
    return ['rearguard', 'rearguard.cmd'].map((name) => path.join(folder, name));
  }

  // Package managers put a link, a shell script or a .cmd in place of the script.
  function scriptOf(file) {
    const real = fs.realpathSync(file);
    if (/\.[cm]?js$/.test(real)) return real;
    if (fs.statSync(real).size > 16384) return undefined;
    const found = /(?:\$basedir|%~?dp0%?)[\\/]+([^"\r\n]*?rearguard\.js)"/.exec(fs.readFileSync(real, 'utf8'));
    const target = found && path.resolve(path.dirname(real), ...found[1].split(/[\\/]/));
    return target && isFile(target) ? target : undefined;
  }

  // Called from somewhere else, the config is still the one of this repository.
  function configOf() {
    const types = ['ts', 'mts', 'js', 'mjs', 'json', 'yaml', 'yml'];
    const config = above.flatMap((folder) => types.map((type) => path.join(folder, 'rearguard.config.' + type))).find(isFile);
    if (config === undefined || args.some((word) => /^--(config|cwd)(=|$)/.test(word))) return [];
    const fromRoot = path.relative(fs.realpathSync(path.dirname(config)), fs.realpathSync(process.cwd()));
    const isInside = !path.isAbsolute(fromRoot) && fromRoot.split(path.sep)[0] !== '..';
    return isInside ? [] : ['--config', config];
  }
}

async function start(program, argv) {
  const { spawn } = await import('node:child_process');
  const child = spawn(program, argv, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal has sent its Ctrl-C to both already.
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY) || child.kill(signal));
  }
  child.on('error', (error) => {
    console.error('Cannot start ' + program + ': ' + error.message);
    process.exitCode = 2;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) return void (process.exitCode = code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

void main('TOOL_NAME', process.argv.slice(2));
`;
