// A small C face of SQLite: its own, and what Swift cannot call because it is a macro.

#ifndef CSQLITE_H
#define CSQLITE_H

#include <sqlite3.h>
#include <stddef.h>

/// Binds bytes to a place of a statement, and keeps a copy of them.
int cs_bind_blob(sqlite3_stmt *statement, int place, const void *bytes, size_t size);

/// Binds a text in UTF-8 to a place of a statement, and keeps a copy of it.
int cs_bind_text(sqlite3_stmt *statement, int place, const char *text, size_t size);

#endif
