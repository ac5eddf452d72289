#ifndef GEPETO_CSQLITE_SHIM_H
#define GEPETO_CSQLITE_SHIM_H
#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast of -1 to a function pointer, a macro that Swift cannot import.
static inline int gepeto_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int count) {
    return sqlite3_bind_text(statement, index, bytes, count, SQLITE_TRANSIENT);
}
static inline int gepeto_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

// The operating system's error of the last write to the write-ahead log, 0 when none is known. What sqlite3_system_errno
// tells after a failed commit is whatever the roll-back left. The log's file answers through a table of function pointers,
// which is C's to walk.
static inline int gepeto_log_errno(sqlite3 *database) {
    sqlite3_file *log = 0;
    int code = 0;
    if (sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) != SQLITE_OK) return 0;
    if (!log || !log->pMethods) return 0;
    return log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &code) == SQLITE_OK ? code : 0;
}
#endif
