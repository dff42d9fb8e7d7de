// The floor: every line of a log parsed by simdjson's DOM, on one thread, and nothing made of it.

#include <cstdio>
#include <cstring>
#include <vector>

#include <simdjson.h>

int main(int count, char **arguments) {
    if (count != 2) return 64;
    FILE *log = std::fopen(arguments[1], "rb");
    if (!log) return 66;
    constexpr size_t size = 1 << 20;
    std::vector<char> buffer(size + simdjson::SIMDJSON_PADDING);
    simdjson::dom::parser parser;
    size_t held = 0, parsed = 0, refused = 0;
    while (true) {
        if (held == buffer.size() - simdjson::SIMDJSON_PADDING) {
            buffer.resize(2 * held + simdjson::SIMDJSON_PADDING);
        }
        size_t room = buffer.size() - simdjson::SIMDJSON_PADDING - held;
        size_t more = std::fread(buffer.data() + held, 1, room, log);
        if (more == 0) break;
        held += more;
        char *line = buffer.data(), *end = buffer.data() + held;
        while (auto feed = static_cast<char *>(std::memchr(line, '\n', end - line))) {
            simdjson::dom::element element;
            auto error = parser.parse(line, feed - line, false).get(element);
            (error ? refused : parsed) += 1;
            line = feed + 1;
        }
        held = end - line;
        std::memmove(buffer.data(), line, held);
    }
    std::printf("%zu %zu\n", parsed, refused);
}
