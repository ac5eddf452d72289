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

// sqlite3_config is variadic. Must come before anything else is asked of SQLite; afterwards it changes nothing.
static inline int gepeto_keep_savepoints_in_memory(int bytes) {
    return sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, bytes);
}

// Whether the operating system has refused one of `codes` to a write to the database's file or its write-ahead log. What
// sqlite3_system_errno tells after a failed commit is whatever the roll-back left. The files answer through a table of
// function pointers, which is C's to walk.
static inline int gepeto_file_met(sqlite3 *database, const int *codes, int count) {
    const int questions[] = {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER};
    for (int i = 0; i < 2; i++) {
        sqlite3_file *file = 0;
        int code = 0;
        if (sqlite3_file_control(database, "main", questions[i], &file) != SQLITE_OK || !file || !file->pMethods) continue;
        if (file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &code) != SQLITE_OK) continue;
        for (int k = 0; k < count; k++) {
            if (code == codes[k]) return 1;
        }
    }
    return 0;
}
#endif
