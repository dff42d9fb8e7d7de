// A small C face of simdjson's DOM, for the one thing the log reader needs: parse a line, then
// pick named fields out of an object in one pass over it.
//
// Values borrow the parser's memory: they are valid until its next parse.

#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

typedef struct {
    sj_kind kind;
    int64_t integer;      // of SJ_INTEGER, and 0 or 1 of SJ_BOOL
    const char *bytes;    // of SJ_STRING: UTF-8, not terminated
    size_t count;         // of SJ_STRING
    uint64_t handle[2];   // of SJ_ARRAY and SJ_OBJECT: where it stands in the document
} sj_value;

typedef struct sj_parser sj_parser;
typedef struct sj_keys sj_keys;

typedef struct {
    uint64_t at[2];
    uint64_t end[2];
} sj_cursor;

/// NULL when memory is short.
sj_parser *sj_parser_new(void);
void sj_parser_free(sj_parser *parser);

/// Parses one JSON text of `count` bytes, followed by SJ_PADDING readable ones. Returns NULL and
/// fills `root`, or says what is wrong in a text that lives for ever.
const char *sj_parse(sj_parser *parser, const char *bytes, size_t count, sj_value *root);

/// A set of names to pick, of at most 63 bytes each. NULL when memory is short or a name too long.
sj_keys *sj_keys_new(const char *const *names, size_t count);

/// Fills `out[i]`, which need not be initialized, with the value of the i-th name; SJ_ABSENT where the object has none. Of a name
/// that stands twice the last counts, as in most JSON readers.
void sj_pick(const sj_value *object, const sj_keys *keys, sj_value *out);

/// Walks an array or an object.
bool sj_begin(const sj_value *container, sj_cursor *cursor);
bool sj_next_element(sj_cursor *cursor, sj_value *out);
bool sj_next_member(sj_cursor *cursor, sj_value *key, sj_value *out);

#ifdef __cplusplus
}
#endif

#endif
