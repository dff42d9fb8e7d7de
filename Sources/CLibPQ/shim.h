// PostgreSQL's client library, for PostgresMirror and MirrorStore: each has one owner of a
// connection, and no pointer of it leaves that owner's file.

#ifndef CLIBPQ_SHIM_H
#define CLIBPQ_SHIM_H

#include <libpq-fe.h>

#endif
