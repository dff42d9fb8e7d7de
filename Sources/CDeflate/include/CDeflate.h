// A small C face of zlib, for the one thing the pages need: pack bytes so that a browser's
// DecompressionStream("deflate") unpacks it.

#ifndef CDEFLATE_H
#define CDEFLATE_H

#include <stddef.h>
#include <stdint.h>

/// The most bytes that `size` bytes can take packed.
size_t cd_bound(size_t size);

/// Packs bytes, as small as zlib can.
///
/// `room` is the size of `packed`, at least what cd_bound says. The number of bytes written; 0 where
/// memory is short, for even nothing packs into some bytes.
size_t cd_pack(const uint8_t *bytes, size_t size, uint8_t *packed, size_t room);

/// What packs bytes that come a few at a time into the same as cd_pack.
typedef struct cd_stream cd_stream;

/// A stream; NULL where memory is short. Close it.
cd_stream *cd_open(void);

/// Gives the stream bytes, once it has taken those before. They must stay until it has.
void cd_feed(cd_stream *stream, const uint8_t *bytes, size_t size);

/// Takes packed bytes from the stream, as many as there are and as there is room for: fewer than that
/// once it has taken all that it was given. `last` says that nothing comes after that.
size_t cd_take(cd_stream *stream, int last, uint8_t *packed, size_t room);

/// Frees the stream.
void cd_close(cd_stream *stream);

#endif
