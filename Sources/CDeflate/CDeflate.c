#include "CDeflate.h"

#include <zlib.h>

size_t cd_bound(size_t size) { return compressBound(size); }

size_t cd_pack(const uint8_t *bytes, size_t size, uint8_t *packed, size_t room) {
    uLongf written = room;
    int status = compress2(packed, &written, bytes, size, Z_BEST_COMPRESSION);
    return status == Z_OK ? written : 0;
}
