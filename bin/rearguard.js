#!/usr/bin/env node
// Old syntax on purpose: a Node that is too old for the rest must still be able to read this file.
var parts = process.versions.node.split('.').map(Number);
if (parts[0] < 20 || (parts[0] === 20 && parts[1] < 19)) {
  process.stderr.write('rearguard: needs Node.js 20.19 or newer; this is ' + process.versions.node + '.\n');
  process.exit(2);
}
void import('../dist/src/surfaces/cli/main.js').then(function (cli) {
  return cli.main();
});
