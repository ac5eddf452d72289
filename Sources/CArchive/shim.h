#ifndef GEPETO_CARCHIVE_SHIM_H
#define GEPETO_CARCHIVE_SHIM_H
#include <archive.h>
#include <archive_entry.h>
#endif
