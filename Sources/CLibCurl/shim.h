// libcurl for Swift: `curl_easy_setopt` and `curl_easy_getinfo` take any number of arguments of any
// type, which Swift can't call, so each type of argument that is used has a function of its own.

#ifndef CLIBCURL_SHIM_H
#define CLIBCURL_SHIM_H

#include <curl/curl.h>

/// What receives the bytes of a body or a line of the head; anything but `size * count` back ends
/// the transfer.
typedef size_t (*lc_receive)(char *bytes, size_t size, size_t count, void *context);

/// What is asked now and then whether to go on; anything but 0 back ends the transfer.
typedef int (*lc_progress)(void *context, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

static inline CURLcode lc_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

/// libcurl copies the text.
static inline CURLcode lc_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

/// The list must live as long as the handle uses it.
static inline CURLcode lc_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode lc_set_context(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode lc_set_receive(CURL *handle, CURLoption option, lc_receive value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode lc_set_progress(CURL *handle, lc_progress value) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, value);
}

static inline long lc_status(CURL *handle) {
    long status = 0;
    return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK ? status : 0;
}

#endif
