/** What to do first about a failure, by what was seen on the wire. */
export function stepsForCause(cause: string, url: string): string[] {
  const where = `curl -sv -o /dev/null '${url}'`;
  switch (cause) {
    case 'refused':
    case 'unreachable':
      return ['See whether the process runs and on which address it listens.', `Try it by hand: ${where}`];
    case 'dns-not-found':
    case 'dns-timeout':
    case 'dns-failed':
      return [
        'Ask the resolver for the name, and check its record and the resolver itself.',
        `Then: ${where}`,
      ];
    case 'no-response':
    case 'body-timeout':
      return [
        'Look for what the handler waits for: a database pool that is used up, a lock, a call without a timeout.',
        'Give every outgoing call of this handler a deadline shorter than the client has.',
      ];
    case 'auth-failed':
    case 'status-4xx':
      return [
        "Check the credentials and the path of this endpoint in Rearguard's config.",
        `Try it by hand: ${where}`,
      ];
    case 'assertion':
    case 'status-unexpected':
      return [
        'Compare the answer with the expectation in the config, and correct whichever is wrong.',
        `See it: ${where}`,
      ];
    default:
      return [
        "Read this endpoint's newest error in the server's log.",
        'If it began with a release, roll that back first.',
      ];
  }
}
