import type { Signature } from './types.ts';

export const NETWORK_SIGNATURES: readonly Signature[] = [
  {
    id: 'connection-refused',
    title: 'nothing listens where it connects to',
    pattern:
      /ECONNREFUSED|connection refused|No connection could be made because the target machine actively refused/i,
    explains: 'mechanism',
    topics: ['dependency', 'database'],
    meaning:
      'The host answers and says that no process listens on that port: it is down, restarting, or the address is wrong.',
    fix: 'Bring the process back; if it runs, compare the address and port it listens on with the one that is configured.',
    counterCheck:
      'A connection from another host to the same address works: then it is a firewall or the wrong address here.',
    next: 'rearguard dependency-health-checker status',
    examples: {
      matches: ['connect ECONNREFUSED 10.0.0.7:6379', 'dial tcp 10.0.0.7:80: connect: connection refused'],
      not: ['payment refused'],
    },
  },
  {
    id: 'name-not-found',
    title: 'a host name does not resolve',
    pattern:
      /ENOTFOUND|EAI_AGAIN|getaddrinfo failed|Name or service not known|Temporary failure in name resolution|no such host|UnknownHostException|NXDOMAIN/,
    explains: 'mechanism',
    topics: ['name-resolution', 'dependency'],
    meaning:
      'The name server knows no address for the name, or does not answer (EAI_AGAIN, "temporary failure").',
    fix: 'Resolve the name from the same host or container; look at search domains, the resolver and the zone.',
    counterCheck: 'Other names resolve at the same time on the same host: then it is that name.',
    next: 'rearguard dependency-health-checker status',
    examples: {
      matches: ['getaddrinfo ENOTFOUND billing.internal', 'java.net.UnknownHostException: billing'],
      not: ['order not found'],
    },
  },
  {
    id: 'host-unreachable',
    title: 'there is no way to the host',
    pattern: /EHOSTUNREACH|ENETUNREACH|No route to host|Network is unreachable/i,
    explains: 'mechanism',
    topics: ['dependency'],
    meaning: 'Routing or a firewall refuses the way: the host is off the network, or a rule changed.',
    fix: 'Look at routes, security groups and the network of the host or container.',
    counterCheck: 'The same address is reached from a host beside it.',
    next: 'rearguard dependency-health-checker status',
    examples: { matches: ['connect EHOSTUNREACH 10.1.0.9:443'], not: ['customer unreachable by phone'] },
  },
  {
    id: 'timed-out',
    title: 'something does not answer in time',
    pattern:
      /ETIMEDOUT|ESOCKETTIMEDOUT|ECONNABORTED|UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT|\bread timed out\b|SocketTimeoutException|ReadTimeout|ConnectTimeout|context deadline exceeded|DEADLINE_EXCEEDED|upstream timed out|\b(?:request|connection|operation|connect|gateway) time(?:d )?-?out\b/i,
    explains: 'symptom',
    topics: ['dependency'],
    meaning:
      'An answer did not come before a deadline; whether the other side is slow, silent or unreachable it does not say.',
    fix: 'Measure the dependency it calls; give every call a deadline below that of its caller.',
    counterCheck: 'The dependency answers others in its usual time.',
    next: 'rearguard dependency-health-checker status',
    examples: {
      matches: [
        'connect ETIMEDOUT 10.0.0.1:443',
        'rpc error: code = DeadlineExceeded desc = context deadline exceeded',
      ],
      not: ['timeout set to 30 s'],
    },
  },
  {
    id: 'connection-reset',
    title: 'connections are cut by the other side',
    pattern:
      /ECONNRESET|EPIPE|socket hang up|connection reset by peer|broken pipe|upstream prematurely closed|UND_ERR_SOCKET|RemoteDisconnected/i,
    explains: 'symptom',
    topics: ['dependency'],
    meaning:
      'The other side closed or dropped a connection in use: it restarts, crashes, or its keep-alive ends before ours.',
    fix: 'If single ones come at quiet times, keep idle connections for less long than the server does; if in bursts, see whether it restarts.',
    counterCheck:
      'Errors come at the rate of requests on fresh connections, too: then it is no keep-alive race.',
    next: 'rearguard dependency-health-checker status',
    examples: { matches: ['Error: read ECONNRESET', 'write: broken pipe'], not: ['password reset by user'] },
  },
  {
    id: 'upstream-unavailable',
    title: 'the service behind it answers that it cannot',
    pattern:
      /\b(?:503 Service Unavailable|502 Bad Gateway|504 Gateway Time-?out)\b|no live upstreams|UNAVAILABLE: |status code (?:502|503|504)\b|circuit ?breaker (?:is )?open|BrokenCircuitException|CallNotPermittedException/i,
    explains: 'symptom',
    topics: ['dependency'],
    meaning: 'A proxy or a client says that the service behind it is not there for now.',
    fix: 'Look at that service; here there is nothing to mend.',
    counterCheck: 'The service has no errors of its own at that time: then it is the proxy between.',
    next: 'rearguard dependency-health-checker status',
    examples: {
      matches: ['Request failed with status code 503', 'no live upstreams while connecting to upstream'],
      not: ['item unavailable'],
    },
  },
  {
    id: 'rate-limited',
    title: 'a service limits how often it may be called',
    pattern:
      /\b429 Too Many Requests\b|status code 429\b|rate limit(?:ed)? (?:exceeded|reached)|RateLimitError|ThrottlingException|RESOURCE_EXHAUSTED|quota exceeded/i,
    explains: 'cause',
    topics: ['quota', 'dependency'],
    meaning: 'More calls than the plan or the limit allows; the service is well.',
    fix: 'Spread calls, honour Retry-After, cache, or raise the limit.',
    counterCheck:
      'The number of calls did not rise: then the limit was lowered, or another client uses the same key.',
    next: 'rearguard dependency-health-checker status',
    examples: {
      matches: ['Request failed with status code 429', 'ThrottlingException: Rate exceeded'],
      not: ['interest rate limit changed'],
    },
  },
  {
    id: 'credentials-refused',
    title: 'credentials are refused',
    pattern:
      /\b28P01\b|password authentication failed|Access denied for user|WRONGPASS|NOAUTH Authentication required|InvalidClientTokenId|ExpiredToken(?:Exception)?\b|invalid_client|token (?:has )?expired|status code 401\b/i,
    explains: 'mechanism',
    topics: ['credentials', 'dependency'],
    meaning: 'The other side knows this name or key no longer, as after a rotation or when a token ran out.',
    fix: 'Compare the credential in use with the valid one; restart what still holds the old one.',
    counterCheck: 'Only some users are refused: then it is theirs and not ours.',
    next: null,
    examples: {
      matches: ['password authentication failed for user "app"', 'WRONGPASS invalid username-password pair'],
      not: ['access granted'],
    },
  },
];
