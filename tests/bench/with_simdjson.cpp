// simdjson's On-Demand front end: one parser for all texts, no copy (the buffer is padded). It looks for members first
// where they are expected. It checks only what it walks over; the rest of a text need not be JSON.
#include "bench.h"

#include <simdjson.h>

#define TEXT_OF(name) #name
#define EXPANDED_TEXT_OF(name) TEXT_OF(name)
#define FRONT_END EXPANDED_TEXT_OF(SIMDJSON_BUILTIN_IMPLEMENTATION)

namespace {

using simdjson::ondemand::object;

std::string_view view_of(const name &name) {
    return std::string_view(name.bytes, name.length);
}

std::int64_t count_of(object &usage, const name &name) {
    std::int64_t value = -1;
    if (name.bytes == nullptr ||
        usage.find_field_unordered(view_of(name)).get_int64().get(value) != simdjson::SUCCESS) {
        return -1;
    }
    return value;
}

bool find_usage(simdjson::ondemand::document &document, const form *form, object *usage) {
    if (document.get_object().get(*usage) != simdjson::SUCCESS) {
        return false;
    }
    for (std::size_t i = 0; i < WAY_MAX && form->way[i].bytes != nullptr; i++) {
        object inner;
        if (usage->find_field(view_of(form->way[i])).get_object().get(inner) != simdjson::SUCCESS) {
            return false;
        }
        *usage = inner;
    }
    return true;
}

bool read(char *text, size_t length, const form *form, counts *found) {
    static simdjson::ondemand::parser parser;
    simdjson::ondemand::document document;
    object usage;
    if (parser.iterate(text, length, length + simdjson::SIMDJSON_PADDING).get(document) != simdjson::SUCCESS) {
        return false;
    }
    if (!find_usage(document, form, &usage)) {
        return false;
    }
    found->prompt = count_of(usage, form->counts[0]);
    found->completion = count_of(usage, form->counts[1]);
    found->total = count_of(usage, form->counts[2]);
    return true;
}

const char *version() {
    // The library finds the structure with what the processor has; the front end is compiled for one kind of processor.
    static char text[96];
    std::snprintf(text, sizeof text, "%d.%d.%d (%s, front end %s)", simdjson::SIMDJSON_VERSION_MAJOR,
                  simdjson::SIMDJSON_VERSION_MINOR, simdjson::SIMDJSON_VERSION_REVISION,
                  simdjson::get_active_implementation()->name().c_str(), FRONT_END);
    return text;
}

static_assert(simdjson::SIMDJSON_PADDING <= PADDING, "the buffers have less padding than simdjson wants");

} // namespace

const engine engine_simdjson = {"simdjson", version, read, nullptr, nullptr, false, false};
