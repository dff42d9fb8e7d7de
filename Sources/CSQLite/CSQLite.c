#include "CSQLite.h"

// SQLITE_TRANSIENT is a pointer made of a number, which Swift does not import.

int cs_bind_blob(sqlite3_stmt *statement, int place, const void *bytes, size_t size) {
    if (size == 0) return sqlite3_bind_zeroblob(statement, place, 0);
    return sqlite3_bind_blob64(statement, place, bytes, size, SQLITE_TRANSIENT);
}

int cs_bind_text(sqlite3_stmt *statement, int place, const char *text, size_t size) {
    return sqlite3_bind_text64(statement, place, size == 0 ? "" : text, size, SQLITE_TRANSIENT, SQLITE_UTF8);
}
