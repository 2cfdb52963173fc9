/**
 * The same search in Python. On POSIX the program takes this process's place, so that signals, terminal, streams and exit
 * code are its own.
 */
export const PYTHON_LAUNCHER = String.raw`#!/usr/bin/env python3
# Starts TOOL_NAME, a tool of Rearguard, and hands everything over to it.
# It looks for Rearguard in this order: REARGUARD_BIN, node_modules above, .rearguard/program above, PATH.

import io
import os
import re
import signal
import subprocess
import sys

TOOL = "TOOL_NAME"
WINDOWS = os.name == "nt"
TYPES = ["ts", "mts", "js", "mjs", "json", "yaml", "yml"]
PATH = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]


def give_up(reason):
    sys.stderr.write(TOOL + ": " + reason + "\n")
    sys.exit(2)


def folders_above(folder):
    folders = [folder]
    while os.path.dirname(folders[-1]) != folders[-1]:
        folders.append(os.path.dirname(folders[-1]))
    return folders


def read(path):
    with io.open(path, encoding="utf-8", errors="replace") as opened:
        return opened.read(16384)


def first_file(paths):
    return next((path for path in paths if os.path.isfile(path)), None)


def shims(folder):
    return [os.path.join(folder, name) for name in ("rearguard", "rearguard.cmd")]


def find(above):
    installed = [path for folder in above for path in shims(os.path.join(folder, "node_modules", ".bin"))]
    notes = [os.path.join(folder, ".rearguard", "program") for folder in above]
    noted = [read(path).strip() for path in notes if os.path.isfile(path)]
    return first_file(installed + noted + [path for folder in PATH for path in shims(folder)])


def script_of(path):
    # Package managers put a link, a shell script or a .cmd in place of the script.
    real = os.path.realpath(path)
    if re.search(r"\.[cm]?js$", real):
        return real
    found = re.search(r"(?:\$basedir|%~?dp0%?)[\\/]+([^\"\r\n]*?rearguard\.js)\"", read(real))
    if found is None:
        return None
    target = os.path.normpath(os.path.join(os.path.dirname(real), *re.split(r"[\\/]", found.group(1))))
    return target if os.path.isfile(target) else None


def config_of(above, words):
    # Called from somewhere else, the config is still the one of this repository.
    if any(re.match(r"--(config|cwd)(=|$)", word) for word in words):
        return []
    for root in above:
        config = first_file(os.path.join(root, "rearguard.config." + kind) for kind in TYPES)
        if config is not None:
            here = os.path.join(os.path.realpath(os.getcwd()), "")
            return [] if here.startswith(os.path.join(os.path.realpath(root), "")) else ["--config", config]
    return []


def main(words):
    above = folders_above(os.path.dirname(os.path.realpath(__file__)))
    named = os.environ.get("REARGUARD_BIN")
    program = os.path.abspath(named) if named else find(above)
    if program is None or not os.path.isfile(program):
        reason = "REARGUARD_BIN names %s, which is no file." % named if named else "Rearguard is not installed here."
        give_up(reason + ' Run "npm install --save-dev rearguard", or set REARGUARD_BIN to its bin/rearguard.js.')
    script = script_of(program)
    command = [program]
    if script is not None:
        node = first_file(os.path.join(folder, "node.exe" if WINDOWS else "node") for folder in PATH)
        if node is None:
            give_up("Rearguard needs Node.js 20.19 or newer, and there is no node in PATH.")
        command = [node, script]
    command += config_of(above, words) + [TOOL] + words
    try:
        if not WINDOWS:
            os.execv(command[0], command)
        # A Ctrl-C reaches both; the program says how it ends.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.exit(subprocess.call(command))
    except OSError as error:
        give_up("Cannot start %s: %s" % (command[0], error))


main(sys.argv[1:])
`;
