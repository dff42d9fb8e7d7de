#include "CSimdJSON.h"

#include <cstring>
#include <new>
#include <vector>

#include <simdjson.h>

using namespace simdjson;

struct sj_parser {
    dom::parser parser;
    sj_text text;
};

static_assert(SJ_PADDING >= SIMDJSON_PADDING, "simdjson reads past the end");

sj_parser *sj_parser_new(void) { return new (std::nothrow) sj_parser(); }

void sj_parser_free(sj_parser *parser) { delete parser; }

const char *sj_parse(sj_parser *parser, const char *bytes, size_t count, sj_value *root) {
    dom::element element;
    auto error = parser->parser.parse(bytes, count, false).get(element);
    if (error) return error_message(error);
    // A parse may have moved the document to larger memory.
    parser->text = {parser->parser.doc.tape.get(), parser->parser.doc.string_buf.get()};
    *root = {&parser->text, 1};
    return nullptr;
}

namespace {

uint64_t load(const char *text) {
    uint64_t word;
    std::memcpy(&word, text, sizeof word);
    return word;
}

}  // namespace

// Names in a table in which each has a place of its own: a key of the document is looked up by its
// length and three of its bytes, and compared with one name at most.
struct sj_keys {
    static constexpr size_t longest_name = 63;
    static constexpr size_t places = 64;
    static constexpr uint8_t none = 0xff;

    // The text in words, filled up with zeros: names are compared by the word.
    struct name {
        size_t length;
        uint64_t words[(longest_name + 1) / 8];
    };
    std::vector<name> names;
    uint8_t by_place[places];
    uint32_t factor = 1;

    // Of a text of one byte at least.
    size_t place(const char *text, size_t length) const {
        uint32_t head = uint8_t(text[0]);
        uint32_t middle = uint8_t(text[length / 2]);
        uint32_t tail = uint8_t(text[length - 1]);
        uint32_t mixed = uint32_t(length) | head << 6 | middle << 14 | tail << 22;
        return (mixed * factor) >> 26;
    }

    // Reads up to seven bytes behind the text: simdjson's texts have as many, and more, behind the
    // last of them.
    static bool same(const name &name, const char *text) {
        size_t whole = name.length / 8, rest = name.length % 8;
        for (size_t index = 0; index < whole; index++) {
            if (name.words[index] != load(text + 8 * index)) return false;
        }
        if (rest == 0) return true;
        uint64_t mask = ~uint64_t(0) >> (64 - 8 * rest);
        return name.words[whole] == (load(text + 8 * whole) & mask);
    }

    // Finds a factor that keeps all names apart.
    bool arrange() {
        for (uint32_t attempt = 0; attempt < 1u << 16; attempt++) {
            factor = 2 * (attempt * 0x9e3779b1u) + 1;
            std::memset(by_place, none, sizeof by_place);
            bool apart = true;
            for (size_t index = 0; index < names.size() && apart; index++) {
                auto text = reinterpret_cast<const char *>(names[index].words);
                auto &at = by_place[place(text, names[index].length)];
                apart = at == none;
                at = uint8_t(index);
            }
            if (apart) return true;
        }
        return false;
    }
};

sj_keys *sj_keys_new(const char *const *names, size_t count) {
    auto keys = new (std::nothrow) sj_keys();
    if (!keys) return nullptr;
    bool fits = count < sj_keys::none;
    for (size_t index = 0; index < count && fits; index++) {
        sj_keys::name name = {};
        size_t length = std::strlen(names[index]);
        fits = length > 0 && length <= sj_keys::longest_name;
        if (!fits) break;
        name.length = length;
        std::memcpy(name.words, names[index], length);
        keys->names.push_back(name);
    }
    if (fits && keys->arrange()) return keys;
    delete keys;
    return nullptr;
}

void sj_pick(sj_value object, const sj_keys *keys, sj_value *out) {
    std::memset(out, 0, keys->names.size() * sizeof *out);  // SJ_ABSENT
    if (sj_kind_of(object) != SJ_OBJECT) return;
    size_t end = sj_end(object);
    for (sj_value at = sj_first(object); at.place < end;) {
        size_t length = sj_count(at);
        auto text = reinterpret_cast<const char *>(sj_bytes(at));
        at.place += 1;
        if (length > 0) {
            uint8_t index = keys->by_place[keys->place(text, length)];
            if (index != sj_keys::none) {
                const auto &name = keys->names[index];
                if (name.length == length && sj_keys::same(name, text)) {
                    out[index] = at;
                }
            }
        }
        at = sj_after(at);
    }
}
