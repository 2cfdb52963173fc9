import type { Signature } from './types.ts';

export const RESOURCE_SIGNATURES: readonly Signature[] = [
  {
    id: 'certificate-expired',
    title: 'a certificate has expired',
    pattern:
      /CERT_HAS_EXPIRED|certificate (?:has |is )?expired|certificate verify failed: certificate has expired|x509: certificate has expired|CertificateExpiredException|ERR_CERT_DATE_INVALID|NotAfter: /i,
    explains: 'cause',
    topics: ['certificate', 'dependency'],
    meaning:
      'The time of the certificate (or of one it was issued by) is over, so that every new connection is refused.',
    fix: 'Renew it, install it with its whole chain, reload the server; then see why the renewal did not run.',
    counterCheck: "This host's clock is right, and others see the same date on the certificate.",
    next: 'rearguard dependency-health-checker status',
    examples: {
      matches: [
        'CERT_HAS_EXPIRED: certificate has expired',
        'x509: certificate has expired or is not yet valid',
      ],
      not: ['gift certificate redeemed', 'session expired'],
    },
  },
  {
    id: 'certificate-refused',
    title: 'a certificate is not trusted',
    pattern:
      /UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED_CERT|ERR_TLS_CERT_ALTNAME_INVALID|unable to get local issuer certificate|x509: certificate (?:signed by unknown authority|is valid for)|PKIX path (?:building|validation) failed|self.signed certificate/i,
    explains: 'cause',
    topics: ['certificate', 'dependency'],
    meaning: 'An intermediate is missing, the name does not match, or this host does not know the authority.',
    fix: 'Let the server send its chain; or install the authority here. Do not switch the verification off.',
    counterCheck: 'Another client on another host accepts it: then the trust store of this one is behind.',
    next: 'rearguard dependency-health-checker status',
    examples: {
      matches: ['unable to get local issuer certificate', 'x509: certificate signed by unknown authority'],
      not: ['certificate issued'],
    },
  },
  {
    id: 'out-of-memory',
    title: 'a process runs out of memory',
    pattern:
      /JavaScript heap out of memory|java\.lang\.OutOfMemoryError|\bOOMKilled\b|Out of memory: Killed process|oom-kill|Allowed memory size of .{1,20} bytes exhausted|\bMemoryError\b|cannot allocate memory|\bENOMEM\b|fatal error: runtime: out of memory|System\.OutOfMemoryException|NoMemoryError/i,
    explains: 'mechanism',
    topics: ['memory'],
    meaning:
      'The limit of the process, its runtime or its container is reached; the kernel or the runtime ends it.',
    fix: 'See whether memory grows with time (a leak) or with one request (a result that is too large); then raise or bound.',
    counterCheck: 'Memory before it was flat: then one request asked for much at once.',
    next: 'rearguard load-tester run',
    examples: {
      matches: [
        'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
        'java.lang.OutOfMemoryError: Java heap space',
      ],
      not: ['memory usage 40 %'],
    },
  },
  {
    id: 'disk-full',
    title: 'a disk is full',
    pattern:
      /\bENOSPC\b|No space left on device|\b53100\b|could not extend file|disk (?:is )?full|There is not enough space on the disk|MISCONF Redis is configured to save RDB/i,
    explains: 'cause',
    topics: ['disk'],
    meaning:
      'A file system has no blocks or no inodes left (on Linux ENOSPC is also the limit of file watches).',
    fix: 'Find what grew (logs, temporary files, write-ahead logs held by a replication slot), make room, and alert on the free share.',
    counterCheck: 'df shows room: then look at inodes (df -i), quotas, or inotify limits.',
    next: 'rearguard database-performance-tracker current-state',
    examples: {
      matches: [
        'ENOSPC: no space left on device, write',
        'could not extend file "base/1/2": No space left on device',
      ],
      not: ['no seats left'],
    },
  },
  {
    id: 'too-many-files',
    title: 'a process has no file descriptor left',
    pattern: /\bEMFILE\b|\bENFILE\b|Too many open files/i,
    explains: 'mechanism',
    topics: ['file-descriptors'],
    meaning:
      'Files or sockets are opened faster than closed, or the limit is low; new connections fail as well.',
    fix: 'Count descriptors by kind (lsof): a leak shows as one kind that grows. Raise the limit only after that.',
    counterCheck: 'The number follows the load and falls with it: then it is only too low a limit.',
    next: null,
    examples: {
      matches: ['EMFILE: too many open files, open', 'accept: too many open files'],
      not: ['too many open orders'],
    },
  },
  {
    id: 'thread-limit',
    title: 'no more processes or threads can be started',
    pattern:
      /unable to create (?:new )?native thread|can't start new thread|Resource temporarily unavailable.{0,80}fork|fork: (?:retry: )?Resource temporarily unavailable|RejectedExecutionException|pthread_create failed/i,
    explains: 'mechanism',
    topics: ['memory', 'concurrency'],
    meaning: 'The limit of threads or tasks of the user, the container or a thread pool is reached.',
    fix: 'See what starts them and does not end; bound the pool.',
    counterCheck: 'The number of threads is far below the limit.',
    next: null,
    examples: {
      matches: [
        'java.lang.OutOfMemoryError: unable to create native thread',
        "RuntimeError: can't start new thread",
      ],
      not: ['thread created'],
    },
  },
  {
    id: 'address-in-use',
    title: 'a port is taken by another process',
    pattern: /\bEADDRINUSE\b|address already in use/i,
    explains: 'cause',
    topics: [],
    meaning: 'Another process, often the one before this one, still listens on the port.',
    fix: 'End it, or let the new one wait for it; two instances need two ports.',
    counterCheck: 'Nothing listens on the port now: then the old one was slow to end.',
    next: null,
    examples: {
      matches: ['listen EADDRINUSE: address already in use :::3000'],
      not: ['email address in use'],
    },
  },
  {
    id: 'permission-denied',
    title: 'the process may not touch a file',
    pattern: /\bEACCES\b|\bEPERM\b|\bEROFS\b|Read-only file system/,
    explains: 'mechanism',
    topics: ['disk'],
    meaning:
      'Owner, mode, a mount or a security policy forbids it; a file system that turned read-only often has errors underneath.',
    fix: 'Compare the user of the process with the owner of the path; for EROFS look at the kernel log.',
    counterCheck: 'The same user can do it in a shell: then it is the sandbox of the service.',
    next: null,
    examples: {
      matches: ["EACCES: permission denied, open '/var/lib/app/x'", 'EROFS: read-only file system, write'],
      not: ['permission denied for guest'],
    },
  },
  {
    id: 'missing-module',
    title: 'a module or class is missing from what was deployed',
    pattern:
      /ERR_MODULE_NOT_FOUND|Cannot find module|ModuleNotFoundError|ClassNotFoundException|NoClassDefFoundError|NoSuchMethodError|cannot load such file|Could not load file or assembly/,
    explains: 'mechanism',
    topics: [],
    meaning:
      'The artefact lacks a file, or holds another version of a library than the code was built against.',
    fix: 'Compare the lock file with what is installed; build and deploy anew.',
    counterCheck: 'Other instances of the same release work: then this one has a broken copy.',
    next: null,
    examples: {
      matches: [
        "Error: Cannot find module './routes/orders'",
        'java.lang.NoSuchMethodError: com.acme.Util.trim()',
      ],
      not: ['module not enabled'],
    },
  },
  {
    id: 'missing-setting',
    title: 'a setting is missing or wrong',
    pattern:
      /(?:missing|undefined|required) (?:required )?(?:environment variable|env(?:ironment)? var|setting|configuration)|environment variable .{1,80} (?:is )?(?:not set|missing|required)|ImproperlyConfigured|InvalidConfiguration/i,
    explains: 'cause',
    topics: [],
    meaning: 'The process started without a value it needs.',
    fix: 'Set it where this process gets its settings; check settings once at the start and refuse to begin without them.',
    counterCheck: 'The value is set in the environment of the running process.',
    next: null,
    examples: {
      matches: [
        'Missing required environment variable STRIPE_KEY',
        'environment variable DATABASE_URL is not set',
      ],
      not: ['missing order'],
    },
  },
];
