// A small C face of zlib, for the one thing the pages need: pack a block of bytes so that a browser's
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

#endif
