// simdjson's On-Demand front end: one parser used again, no copy (the buffer is padded), members in the order in which
// they are expected first. It checks only what it walks over; the rest of a text may be no JSON.
#include "bench.h"

#include <simdjson.h>

#define TEXT_OF(name) #name
#define EXPANDED_TEXT_OF(name) TEXT_OF(name)
#define FRONT_END EXPANDED_TEXT_OF(SIMDJSON_BUILTIN_IMPLEMENTATION)

namespace {

using simdjson::ondemand::object;

std::int64_t count_of(object &usage, const char *name, std::size_t length) {
    std::int64_t value = -1;
    if (usage.find_field_unordered(std::string_view(name, length)).get_int64().get(value) != simdjson::SUCCESS) {
        return -1;
    }
    return value;
}

bool read(char *text, size_t length, place place, counts *found) {
    static simdjson::ondemand::parser parser;
    simdjson::ondemand::document document;
    object usage;
    if (parser.iterate(text, length, length + simdjson::SIMDJSON_PADDING).get(document) != simdjson::SUCCESS) {
        return false;
    }
    const simdjson::error_code error =
        place == PLACE_ROOT ? document.get_object().get(usage) : document.find_field("usage").get_object().get(usage);
    if (error != simdjson::SUCCESS) {
        return false;
    }
    found->prompt = count_of(usage, "prompt_tokens", 13);
    found->completion = count_of(usage, "completion_tokens", 17);
    found->total = count_of(usage, "total_tokens", 12);
    return true;
}

const char *version() {
    // The library finds the structure with what the processor has; the front end was compiled for one kind.
    static char text[96];
    std::snprintf(text, sizeof text, "%d.%d.%d (%s, front end %s)", simdjson::SIMDJSON_VERSION_MAJOR,
                  simdjson::SIMDJSON_VERSION_MINOR, simdjson::SIMDJSON_VERSION_REVISION,
                  simdjson::get_active_implementation()->name().c_str(), FRONT_END);
    return text;
}

static_assert(simdjson::SIMDJSON_PADDING <= PADDING, "the buffers have less padding than simdjson wants");

} // namespace

const engine engine_simdjson = {"simdjson", version, read, nullptr, nullptr, false};
