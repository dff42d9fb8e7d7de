"""A PostgreSQL server of the lab's own: in a folder, on a socket, stopped and removed at the end."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import psycopg2

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
SCHEMA = Path(__file__).parent.parent / "Sources/PostgresMirror/Resources/tryout.sql"
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
wal_level = logical
fsync = off
full_page_writes = off
max_connections = 400
shared_buffers = 64MB
"""


class Database:
    """A server with the schema, for as long as a `with` lasts."""

    def __init__(self, folder):
        self._folder = Path(folder) / "postgres"
        self._data = self._folder / "data"

    @property
    def owner(self):
        """The connection string of who owns the tables."""
        return f"host={self._folder} dbname=postgres user=postgres"

    @property
    def mirror(self):
        """The connection string of who only reads and follows."""
        return f"host={self._folder} dbname=postgres user=dunning_mirror"

    def __enter__(self):
        if not (PROGRAMS / "postgres").exists():
            raise SystemExit("the lab needs PostgreSQL 15, of the Debian package `postgresql`")
        self._folder.mkdir(mode=0o755)
        # PostgreSQL refuses to be root, and another user has to reach its folder.
        if os.geteuid() == 0:
            shutil.chown(self._folder, self._user)
        self._run("initdb", "--pgdata", self._data, "--username=postgres", "--auth=trust",
                  "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        with open(self._data / "postgresql.auto.conf", "a", encoding="utf-8") as file:
            file.write(SETTINGS.format(folder=self._folder))
        self._run("pg_ctl", "-D", self._data, "-l", self._folder / "log", "-w", "start")
        with psycopg2.connect(self.owner) as connection, connection.cursor() as cursor:
            cursor.execute(SCHEMA.read_text(encoding="utf-8"))
        return self

    def __exit__(self, *_):
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")
        shutil.rmtree(self._folder)

    @property
    def _user(self):
        try:
            return pwd.getpwnam("postgres").pw_name
        except KeyError:
            return "nobody"

    def _run(self, program, *arguments):
        command = [PROGRAMS / program, *arguments]
        if os.geteuid() == 0:
            group = "nogroup" if self._user == "nobody" else self._user
            command = ["setpriv", f"--reuid={self._user}", f"--regid={group}", "--clear-groups",
                       *command]
        # A file of its own rather than a pipe: the server would hold a pipe open.
        subprocess.run(command, check=True, cwd="/", stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL)
