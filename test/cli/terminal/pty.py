"""Runs a program on a terminal of its own.

pty.py ROWS COLUMNS KEYS PROGRAM [ARGUMENT...]: types the KEYS (a JSON list of texts), each when the program has been
silent for a while; writes what the terminal got, and its exit status as the last line.
"""
import sys

sys.path.pop(0)  # This folder: the module pty has this file's name.
import fcntl, json, os, pty, select, signal, struct, termios, time

rows, columns, keys = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
size = struct.pack("HHHH", rows, columns, 0, 0)
parent, child = pty.openpty()
fcntl.ioctl(child, termios.TIOCSWINSZ, size)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(child, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(child, fd)
    os.close(parent)
    os.execvp(sys.argv[4], sys.argv[4:])
os.close(child)

written, silent_since, began = b"", time.time(), time.time()
status = None
while status is None or select.select([parent], [], [], 0)[0]:
    if select.select([parent], [], [], 0.05)[0]:
        try:
            piece = os.read(parent, 65536)
        except OSError:
            piece = b""
        if piece:
            written += piece
            silent_since = time.time()
        elif status is not None:
            break
    elif keys and written and time.time() - silent_since > 1:
        os.write(parent, keys.pop(0).encode())
        silent_since = time.time()
    if status is None:
        done, code = os.waitpid(pid, os.WNOHANG)
        if done:
            status = os.waitstatus_to_exitcode(code)
    if time.time() - began > 40:
        os.killpg(pid, signal.SIGKILL)
        status = "no end after 40 seconds"
        break
sys.stdout.buffer.write(written)
sys.stdout.write(f"\nstatus {status}\n")
