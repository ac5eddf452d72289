#ifndef GEPETO_CCURL_SHIM_H
#define GEPETO_CCURL_SHIM_H
#include <curl/curl.h>
#include <sys/socket.h>

// curl_easy_setopt, curl_easy_getinfo and curl_multi_setopt are variadic, which Swift cannot call: one function of
// fixed arity for each type of argument that is used. The parentheses around the names switch off curl's type-checking
// macros of the same names, which want literal options.
static inline CURLcode gepeto_easy_set_long(CURL *handle, CURLoption option, long value) {
    return (curl_easy_setopt)(handle, option, value);
}
static inline CURLcode gepeto_easy_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(handle, option, value);
}
static inline CURLcode gepeto_easy_set_string(CURL *handle, CURLoption option, const char *value) {
    return (curl_easy_setopt)(handle, option, value);
}
static inline CURLcode gepeto_easy_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return (curl_easy_setopt)(handle, option, value);
}
static inline CURLcode gepeto_easy_set_headers(CURL *handle, struct curl_slist *headers) {
    return (curl_easy_setopt)(handle, CURLOPT_HTTPHEADER, headers);
}
static inline CURLcode gepeto_easy_on_body(CURL *handle, size_t (*receive)(char *, size_t, size_t, void *)) {
    return (curl_easy_setopt)(handle, CURLOPT_WRITEFUNCTION, receive);
}
static inline CURLcode gepeto_easy_on_header(CURL *handle, size_t (*receive)(char *, size_t, size_t, void *)) {
    return (curl_easy_setopt)(handle, CURLOPT_HEADERFUNCTION, receive);
}
static inline CURLcode gepeto_easy_on_connected(CURL *handle, int (*connected)(void *, char *, char *, int, int)) {
    return (curl_easy_setopt)(handle, CURLOPT_PREREQFUNCTION, connected);
}
static inline CURLcode gepeto_easy_on_progress(
    CURL *handle, int (*progress)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t)) {
    return (curl_easy_setopt)(handle, CURLOPT_XFERINFOFUNCTION, progress);
}
static inline CURLcode gepeto_easy_on_open_socket(
    CURL *handle, curl_socket_t (*open)(void *, curlsocktype, struct curl_sockaddr *)) {
    return (curl_easy_setopt)(handle, CURLOPT_OPENSOCKETFUNCTION, open);
}
static inline CURLcode gepeto_easy_get_long(CURL *handle, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(handle, info, value);
}
static inline CURLcode gepeto_easy_get_socket(CURL *handle, curl_socket_t *value) {
    return (curl_easy_getinfo)(handle, CURLINFO_ACTIVESOCKET, value);
}
static inline CURLMcode gepeto_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}

// What curl itself would open, and a macro with a cast.
static inline curl_socket_t gepeto_open_socket(const struct curl_sockaddr *address) {
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}
static inline curl_socket_t gepeto_socket_bad(void) { return CURL_SOCKET_BAD; }

// The option by name came with 7.85; Ubuntu 22.04 has 7.81.
static inline CURLcode gepeto_easy_only_http(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return (curl_easy_setopt)(handle, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return (curl_easy_setopt)(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

// Without it, ending a transfer whose name is still being resolved joins the resolver's thread, and with it the one
// thread that serves every other transfer. Came with 7.87.
static inline void gepeto_easy_never_wait_for_resolver(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075700
    (void)(curl_easy_setopt)(handle, CURLOPT_QUICK_EXIT, 1L);
#else
    (void)handle;
#endif
}

// The result is a member of a union.
static inline CURLcode gepeto_message_result(const CURLMsg *message) { return message->data.result; }
#endif
