const CAUSE_TEXT: Readonly<Record<string, string>> = {
  'dns-not-found': 'has a name that does not resolve',
  'dns-timeout': 'has a name whose resolver does not answer',
  'dns-failed': 'has a name that cannot be resolved',
  refused: 'refuses connections',
  'connect-timeout': 'does not accept connections in time',
  unreachable: 'is unreachable',
  reset: 'resets connections',
  'tls-failed': 'fails the TLS handshake',
  'tls-timeout': 'does not finish the TLS handshake',
  'no-response': 'accepts connections and never answers',
  'body-timeout': 'begins an answer and does not finish it',
  'status-5xx': 'answers with server errors',
  'status-4xx': 'refuses the request',
  'status-unexpected': 'answers with an unexpected status',
  assertion: 'breaks an expectation',
  'auth-failed': 'cannot be authenticated to',
  'not-ready': 'says that it cannot serve now',
  'protocol-error': 'speaks another protocol',
  'too-many-redirects': 'redirects without end',
  'target-refused': 'is not in the list of hosts that may be probed',
};

/** After a name: `shop refuses connections`. */
export function describeCause(cause: string): string {
  return CAUSE_TEXT[cause] ?? `fails (${cause})`;
}
