/**
 * The part of a path that stays when the same source is built and deployed elsewhere: at most the last directory and the base name, without what builds
 * and deployments put in.
 */

/** Hashes, ids of containers and builds, versions, times: they change with each deployment. */
const CHANGING_DIRECTORY =
  /^(?:v?\d[\d._-]*(?:-?(?:rc|alpha|beta|build|snapshot)[\w.-]*)?|\d{8}T?\d*Z?|(?=[a-f]*\d)[0-9a-f]{7,64}|[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]+-[0-9a-f]{7,40})$/iu;
/** Where source trees begin; what stands before names the machine, not the code. */
const ROOTS = new Set(
  (
    'src source app apps application lib dist build out output bin server backend code workspace work project repo site www html htdocs public current release releases ' +
    'task srv opt home root var usr tmp data mnt users deploy deployments local target classes main merged bundle chunks assets static js _next wwwroot inetpub'
  ).split(' '),
);
/** `main.3f9ab2c1.js`, `chunk-XYZ12AB4.mjs`, `index-BqT3x_9k.js`: the bundler's hash. */
const FILE_HASH = /[.~_-](?=[\w-]*\d)(?:[0-9a-f]{6,40}|[A-Z0-9]{8}|[\w-]{8,12})(?=\.|$)/u;
const SCRIPT_EXTENSION = /\.(?:min\.)?(?:[mc]?[jt]sx?)$/u;
const QUERY = /[?#].*$/u;
/** Names that many files bear; they say nothing without their directory. */
export function fileKey(file: string): string {
  const path = file.replaceAll('\\', '/').replace(QUERY, '');
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.' && segment !== '..');
  const base = (segments.pop() ?? '').replace(SCRIPT_EXTENSION, '').replace(FILE_HASH, '');
  const directory = segments.pop();
  if (directory === undefined || !isOfTheSource(directory, segments)) return base;
  return `${directory}/${base}`;
}

/** Whether a directory belongs to the source tree rather than to where it was put. */
function isOfTheSource(directory: string, before: readonly string[]): boolean {
  const name = directory.toLowerCase();
  if (ROOTS.has(name) || /^[a-z]:$/u.test(name) || CHANGING_DIRECTORY.test(directory)) return false;
  // `/srv/shop/orders.py`: the one directory below a place for deployments is the application's own name.
  const parent = before.at(-1)?.toLowerCase();
  return !(parent !== undefined && DEPLOY_PARENTS.has(parent) && before.length <= 3);
}
const DEPLOY_PARENTS = new Set(
  'srv opt home www users deploy deployments releases tmp mnt var root inetpub wwwroot workspace task project projects'.split(
    ' ',
  ),
);

/** The whole path for people: without what deployments put before it. */
export function displayPath(file: string): string {
  const segments = file.replaceAll('\\', '/').replace(QUERY, '').split('/');
  const root = segments.findLastIndex(
    (segment) => segment === 'src' || segment === 'app' || segment === 'dist' || segment === 'lib',
  );
  return (root === -1 ? segments.slice(-3) : segments.slice(root)).join('/').replace(/^\/+/u, '');
}
