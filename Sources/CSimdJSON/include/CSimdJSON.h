// A small C face of simdjson's DOM, for the one thing the log reader needs: parse a line, then
// pick named fields out of an object in one pass over it.
//
// Values borrow the parser's memory: they are valid until its next parse.
//
// What simdjson makes of a text is its tape, whose form is documented (doc/tape.md): a word for
// each value, its kind in the highest byte, and the texts in a buffer of their own. A value here is
// a place on the tape, and is read inline: most of a record is stepped over, and none of it copied.

#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes that must be readable, whatever they hold, behind the text that is parsed.
#define SJ_PADDING 64

typedef enum {
    SJ_ABSENT = 0,
    SJ_NULL,
    SJ_BOOL,
    SJ_INTEGER,  // fits 64 bits, signed
    SJ_NUMBER,   // any other number
    SJ_STRING,
    SJ_ARRAY,
    SJ_OBJECT,
} sj_kind;

/// A text that was parsed.
typedef struct {
    const uint64_t *tape;
    const uint8_t *strings;
} sj_text;

/// A value: where it stands on its text's tape. The root word stands at 0, so 0 is no value's.
typedef struct {
    const sj_text *text;
    size_t place;
} sj_value;

typedef struct sj_parser sj_parser;
typedef struct sj_keys sj_keys;

/// NULL when memory is short.
sj_parser *sj_parser_new(void);
void sj_parser_free(sj_parser *parser);

/// Parses one JSON text of `count` bytes, followed by SJ_PADDING readable ones. Returns NULL and
/// fills `root`, or says what is wrong in a text that lives for ever.
const char *sj_parse(sj_parser *parser, const char *bytes, size_t count, sj_value *root);

/// A set of names to pick, of at most 63 bytes each. NULL when memory is short or a name too long.
sj_keys *sj_keys_new(const char *const *names, size_t count);

/// Fills `out[i]`, which need not be initialized, with the value of the i-th name; SJ_ABSENT where
/// the object has none. Of a name that stands twice the last counts, as in most JSON readers.
void sj_pick(sj_value object, const sj_keys *keys, sj_value *out);

static inline uint64_t sj_word(sj_value value) { return value.text->tape[value.place]; }

static inline sj_kind sj_kind_of(sj_value value) {
    if (value.place == 0) return SJ_ABSENT;
    switch (sj_word(value) >> 56) {
    case 'n': return SJ_NULL;
    case 't':
    case 'f': return SJ_BOOL;
    case 'l': return SJ_INTEGER;
    case '"': return SJ_STRING;
    case '[': return SJ_ARRAY;
    case '{': return SJ_OBJECT;
    default: return SJ_NUMBER;
    }
}

/// Of SJ_BOOL: whether it is true.
static inline bool sj_truth(sj_value value) { return sj_word(value) >> 56 == 't'; }

/// Of SJ_INTEGER.
static inline int64_t sj_integer(sj_value value) {
    return (int64_t)value.text->tape[value.place + 1];
}

/// Of SJ_STRING, or a member's key: where its length stands, with its bytes behind.
static inline const uint8_t *sj_counted(sj_value value) {
    return value.text->strings + (sj_word(value) & 0xffffffffffffff);
}

/// Of SJ_STRING: its UTF-8, not terminated.
static inline const uint8_t *sj_bytes(sj_value value) {
    return sj_counted(value) + sizeof(uint32_t);
}

/// Of SJ_STRING: how many bytes it has.
static inline size_t sj_count(sj_value value) {
    uint32_t count;
    memcpy(&count, sj_counted(value), sizeof count);
    return count;
}

/// What stands behind a value.
static inline sj_value sj_after(sj_value value) {
    uint64_t word = sj_word(value);
    switch (word >> 56) {
    case '[':
    case '{': value.place = word & 0xffffffff; break;
    case 'l':
    case 'u':
    case 'd': value.place += 2; break;
    default: value.place += 1;
    }
    return value;
}

/// Of SJ_ARRAY and SJ_OBJECT: the first element, or the first key.
static inline sj_value sj_first(sj_value container) {
    container.place += 1;
    return container;
}

/// Of SJ_ARRAY and SJ_OBJECT: where it ends, which is where its last element or member does.
static inline size_t sj_end(sj_value container) { return sj_after(container).place - 1; }

#ifdef __cplusplus
}
#endif

#endif
