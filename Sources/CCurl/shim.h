#ifndef GEPETO_CCURL_SHIM_H
#define GEPETO_CCURL_SHIM_H
#include <curl/curl.h>
#endif
