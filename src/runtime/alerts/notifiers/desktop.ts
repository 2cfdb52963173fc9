import { reasonOf } from '../../../core/errors.ts';
import type { AlertMessage } from '../../../core/alert.ts';
import { escapeMarkup } from '../../../output/escape.ts';
import { capText } from '../../../core/text.ts';
import { DELIVERED, quote } from './http-outcome.ts';
import { describeMessage } from './message-text.ts';
import { type Notifier, type NotifierDeps, type SendOutcome, TRY_TIMEOUT_MS } from './notifier.ts';

/** What to run; the words go in as arguments or environment, never into a script. */
export interface DesktopCommand {
  argv: readonly string[];
  env?: Readonly<Record<string, string>>;
}

const MAX_BODY = 500;

const APPLESCRIPT = [
  'on run argv',
  'display notification (item 2 of argv) with title (item 1 of argv)',
  'end run',
].flatMap((line) => ['-e', line]);

/** A balloon belongs to an icon, and goes when its process ends. */
const POWERSHELL = `
Add-Type -AssemblyName System.Windows.Forms, System.Drawing
$icon = New-Object System.Windows.Forms.NotifyIcon
$icon.Icon = [System.Drawing.SystemIcons]::Warning
$icon.Visible = $true
$icon.ShowBalloonTip(10000, $env:REARGUARD_TITLE, $env:REARGUARD_BODY, 'Warning')
Start-Sleep -Seconds 6
$icon.Dispose()`;

/** A notification on the desktop of the machine that Rearguard runs on. */
export function createDesktop(deps: NotifierDeps): Notifier {
  return {
    async send(message, signal): Promise<SendOutcome> {
      const { argv, env = {} } = desktopCommand(message, deps.platform);
      const [program = ''] = argv;
      try {
        const { exitCode, stderr } = await deps.processes.run(argv, {
          env,
          timeoutMs: TRY_TIMEOUT_MS,
          signal,
        });
        if (exitCode === 0) return DELIVERED;
        return {
          kind: 'retry',
          error: `${program} failed: ${quote(deps, stderr || `exit code ${exitCode}`)}`,
        };
      } catch (thrown) {
        // A program that is missing now is rarely installed within the day, but a session bus may come up.
        return { kind: 'retry', error: `${quote(deps, reasonOf(thrown))}. It shows notifications here.` };
      }
    },
  };
}

export function desktopCommand(message: AlertMessage, platform: NodeJS.Platform): DesktopCommand {
  const { headline, context } = describeMessage(message);
  const body = capText(context, MAX_BODY);
  if (platform === 'darwin') return { argv: ['osascript', ...APPLESCRIPT, headline, body] };
  if (platform === 'win32') {
    return {
      argv: ['powershell', '-NoProfile', '-NonInteractive', '-Command', POWERSHELL],
      env: { REARGUARD_TITLE: headline, REARGUARD_BODY: body },
    };
  }
  const isUrgent = message.kind !== 'resolved' && /^(?:critical|high)$/.test(message.severity);
  return {
    // The body may hold markup, the summary may not (Desktop Notifications Specification).
    argv: [
      'notify-send',
      '--app-name=Rearguard',
      `--urgency=${isUrgent ? 'critical' : 'normal'}`,
      '--',
      headline,
      escapeMarkup(body),
    ],
  };
}
