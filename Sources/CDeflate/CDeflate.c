#include "CDeflate.h"

#include <stdlib.h>
#include <zlib.h>

size_t cd_bound(size_t size) { return compressBound(size); }

size_t cd_pack(const uint8_t *bytes, size_t size, uint8_t *packed, size_t room) {
    uLongf written = room;
    int status = compress2(packed, &written, bytes, size, Z_BEST_COMPRESSION);
    return status == Z_OK ? written : 0;
}

struct cd_stream {
    z_stream zlib;
};

cd_stream *cd_open(void) {
    cd_stream *stream = calloc(1, sizeof *stream);
    if (stream && deflateInit(&stream->zlib, Z_BEST_COMPRESSION) != Z_OK) {
        free(stream);
        return NULL;
    }
    return stream;
}

void cd_feed(cd_stream *stream, const uint8_t *bytes, size_t size) {
    stream->zlib.next_in = (Bytef *)bytes;
    stream->zlib.avail_in = size;
}

size_t cd_take(cd_stream *stream, int last, uint8_t *packed, size_t room) {
    stream->zlib.next_out = packed;
    stream->zlib.avail_out = room;
    deflate(&stream->zlib, last ? Z_FINISH : Z_NO_FLUSH);
    return room - stream->zlib.avail_out;
}

void cd_close(cd_stream *stream) {
    deflateEnd(&stream->zlib);
    free(stream);
}
