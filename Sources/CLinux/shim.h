#ifndef GEPETO_CLINUX_SHIM_H
#define GEPETO_CLINUX_SHIM_H
// What Swift's Glibc module leaves out.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/timerfd.h>
#endif
