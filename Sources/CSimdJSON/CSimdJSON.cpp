#include "CSimdJSON.h"

#include <cstring>
#include <new>
#include <string_view>
#include <type_traits>
#include <vector>

#include <simdjson.h>

using namespace simdjson;

struct sj_parser {
    dom::parser parser;
};

namespace {

constexpr size_t longest_name = 63;

// A cursor holds simdjson's own iterators by their bytes; these are what makes that sound.
static_assert(sizeof(dom::element) == sizeof(uint64_t[2]), "an element is a place in a document");
static_assert(sizeof(dom::array::iterator) == sizeof(uint64_t[2]), "so is an array iterator");
static_assert(sizeof(dom::object::iterator) == sizeof(uint64_t[2]), "so is an object iterator");
static_assert(std::is_trivially_copyable<dom::element>::value, "elements are plain bytes");
static_assert(SJ_PADDING >= SIMDJSON_PADDING, "simdjson reads past the end");

template <typename T> void store(uint64_t (&place)[2], const T &value) {
    std::memcpy(place, &value, sizeof place);
}

template <typename T> T load(const uint64_t (&place)[2]) {
    T value;
    std::memcpy(&value, place, sizeof place);
    return value;
}

void describe(dom::element element, sj_value *out) {
    switch (element.type()) {
    case dom::element_type::NULL_VALUE:
        out->kind = SJ_NULL;
        return;
    case dom::element_type::BOOL:
        out->kind = SJ_BOOL;
        out->integer = bool(element) ? 1 : 0;
        return;
    case dom::element_type::INT64:
        out->kind = SJ_INTEGER;
        out->integer = int64_t(element);
        return;
    case dom::element_type::UINT64:
    case dom::element_type::DOUBLE:
        out->kind = SJ_NUMBER;
        return;
    case dom::element_type::STRING: {
        std::string_view text = element;
        out->kind = SJ_STRING;
        out->bytes = text.data();
        out->count = text.size();
        return;
    }
    case dom::element_type::ARRAY:
        out->kind = SJ_ARRAY;
        store(out->handle, element);
        return;
    case dom::element_type::OBJECT:
        out->kind = SJ_OBJECT;
        store(out->handle, element);
        return;
    }
}

}  // namespace

// Names sorted into buckets by length: a key of the document is compared with few of them.
struct sj_keys {
    struct name {
        std::string text;
        size_t index;
    };
    std::vector<name> by_length[longest_name + 1];
    size_t count = 0;
};

sj_parser *sj_parser_new(void) { return new (std::nothrow) sj_parser(); }

void sj_parser_free(sj_parser *parser) { delete parser; }

const char *sj_parse(sj_parser *parser, const char *bytes, size_t count, sj_value *root) {
    dom::element element;
    auto error = parser->parser.parse(bytes, count, false).get(element);
    if (error) return error_message(error);
    describe(element, root);
    return nullptr;
}

sj_keys *sj_keys_new(const char *const *names, size_t count) {
    auto keys = new (std::nothrow) sj_keys();
    if (!keys) return nullptr;
    keys->count = count;
    for (size_t index = 0; index < count; index++) {
        size_t length = std::strlen(names[index]);
        if (length > longest_name) {
            delete keys;
            return nullptr;
        }
        keys->by_length[length].push_back({names[index], index});
    }
    return keys;
}

void sj_pick(const sj_value *object, const sj_keys *keys, sj_value *out) {
    std::memset(out, 0, keys->count * sizeof *out);  // SJ_ABSENT
    if (object->kind != SJ_OBJECT) return;
    dom::object members = load<dom::element>(object->handle);
    for (auto at = members.begin(), end = members.end(); at != end; ++at) {
        size_t length = at.key_length();
        if (length > longest_name) continue;
        for (const auto &name : keys->by_length[length]) {
            if (std::memcmp(name.text.data(), at.key_c_str(), length) == 0) {
                describe(at.value(), &out[name.index]);
                break;
            }
        }
    }
}

bool sj_begin(const sj_value *container, sj_cursor *cursor) {
    dom::element element = load<dom::element>(container->handle);
    if (container->kind == SJ_ARRAY) {
        dom::array array = element;
        store(cursor->at, array.begin());
        store(cursor->end, array.end());
        return true;
    }
    if (container->kind == SJ_OBJECT) {
        dom::object object = element;
        store(cursor->at, object.begin());
        store(cursor->end, object.end());
        return true;
    }
    return false;
}

namespace {

template <typename Iterator, typename Visit> bool step(sj_cursor *cursor, Visit visit) {
    // Iterators have no public default constructor, so they are rebuilt in place of another.
    alignas(Iterator) unsigned char at_bytes[sizeof(Iterator)];
    alignas(Iterator) unsigned char end_bytes[sizeof(Iterator)];
    std::memcpy(at_bytes, cursor->at, sizeof(Iterator));
    std::memcpy(end_bytes, cursor->end, sizeof(Iterator));
    auto &at = *reinterpret_cast<Iterator *>(at_bytes);
    auto &end = *reinterpret_cast<Iterator *>(end_bytes);
    if (!(at != end)) return false;
    visit(at);
    ++at;
    std::memcpy(cursor->at, at_bytes, sizeof(Iterator));
    return true;
}

}  // namespace

bool sj_next_element(sj_cursor *cursor, sj_value *out) {
    return step<dom::array::iterator>(cursor, [&](auto &at) { describe(*at, out); });
}

bool sj_next_member(sj_cursor *cursor, sj_value *key, sj_value *out) {
    return step<dom::object::iterator>(cursor, [&](auto &at) {
        key->kind = SJ_STRING;
        key->bytes = at.key_c_str();
        key->count = at.key_length();
        describe(at.value(), out);
    });
}
