"""What the lab starts beside itself; all of it ends with the lab."""

import http.client
import signal
import socket
import subprocess
import time

# How long what is asked to end may take: the mirror writes its last report then.
PATIENCE = 300


def free_port():
    """A port on loopback that nobody has."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def answers(port):
    """Whether somebody listens on a port."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def fetch(port, path):
    """The body that a port answers a GET with."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def wait(what, is_so, seconds=60):
    """Waits until something is so."""
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            raise SystemExit(f"the lab gave up waiting: {what}")
        time.sleep(0.1)


class Processes:
    """What was started."""

    def __init__(self, folder):
        self._folder = folder
        self._running = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name in reversed(list(self._running)):
            self.stop(name)

    def start(self, name, command, cwd=None):
        """Starts a process; what it says goes into a file of its name."""
        with open(self.log(name), "wb") as log:
            self._running[name] = subprocess.Popen(
                [str(word) for word in command], stdout=log, stderr=log, cwd=cwd,
                stdin=subprocess.DEVNULL)

    def log(self, name):
        """The file of what a process says."""
        return self._folder / f"{name}.log"

    def signal(self, name, number):
        """Sends a signal."""
        self._running[name].send_signal(number)

    def stop(self, name):
        """Asks a process to end, and waits for it; its exit status."""
        process = self._running.pop(name)
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def check(self):
        """Fails where one has ended."""
        for name, process in self._running.items():
            if process.poll() is not None:
                text = self.log(name).read_text(errors="replace")
                raise SystemExit(f"{name} ended:\n{text[-2000:]}")
