// What `npm pack` would ship, and whether it is what a user needs and nothing else. `--json` prints the list.
import { execFileSync } from 'node:child_process';
import { root } from './lib/project.mjs';

const ALLOWED = [
  /^bin\/rearguard\.js$/,
  /^dist\/(src|demo)\/.+\.(js|d\.ts)$/,
  /^demo\/migrations\/.+\.sql$/,
  /^demo\/scenarios\/.+\.yaml$/,
  /^schema\/[\w.-]+\.json$/,
  /^templates\/tool\/.+\.(ts|md)$/,
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
];
// What `tool new` writes has a test of its own.
const REFUSED = [
  /^(?!templates\/).*\.test\.(?!json$)/,
  /\.map$/,
  /tsbuildinfo/,
  /(^|\/)(test|tests|bench|fixtures|__\w+__)\//,
];
const NEEDED = ['package.json', 'bin/rearguard.js', 'dist/src/surfaces/cli/main.js', 'schema/report.json'];

const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], {
  cwd: root,
  encoding: 'utf8',
});
const [packed] = JSON.parse(output);
const files = packed.files.map((file) => file.path);
const unwanted = files.filter(
  (file) => REFUSED.some((pattern) => pattern.test(file)) || !ALLOWED.some((pattern) => pattern.test(file)),
);
const missing = NEEDED.filter((file) => !files.includes(file));

if (process.argv.includes('--json')) {
  process.stdout.write(
    `${JSON.stringify({ files, unwanted, missing, unpackedBytes: packed.unpackedSize })}\n`,
  );
} else {
  for (const file of unwanted) process.stdout.write(`not for users: ${file}\n`);
  for (const file of missing) process.stdout.write(`missing: ${file}\n`);
  process.stdout.write(`${files.length} files, ${(packed.unpackedSize / 1e6).toFixed(1)} MB unpacked\n`);
}
process.exitCode = unwanted.length + missing.length === 0 ? 0 : 1;
