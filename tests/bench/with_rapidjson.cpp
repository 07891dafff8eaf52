// RapidJSON: its in-situ SAX reader, which is faster than its tree, with the wide registers it offers, and its
// writer into a buffer that is used again.
#include "bench.h"

#include <cstdint>
#include <cstring>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace {

// Takes the counts of the usage object, which is `depth` objects or arrays deep.
class Finder {
  public:
    Finder(place place, counts *found) : found_(found), usage_depth_(place == PLACE_ROOT ? 1 : 2) {
        next_is_usage_ = place == PLACE_ROOT;
    }

    bool seen() const {
        return seen_;
    }

    bool Null() {
        return other();
    }
    bool Bool(bool) {
        return other();
    }
    bool Double(double) {
        return other();
    }
    bool RawNumber(const char *, rapidjson::SizeType, bool) {
        return other();
    }
    bool String(const char *, rapidjson::SizeType, bool) {
        return other();
    }
    bool Int(int value) {
        return number(value);
    }
    bool Uint(unsigned value) {
        return number(value);
    }
    bool Int64(std::int64_t value) {
        return number(value);
    }
    bool Uint64(std::uint64_t value) {
        return number(static_cast<std::int64_t>(value));
    }

    bool StartObject() {
        depth_++;
        if (next_is_usage_) {
            inside_ = seen_ = true;
        }
        return other();
    }
    bool EndObject(rapidjson::SizeType) {
        if (depth_ == usage_depth_) {
            inside_ = false;
        }
        depth_--;
        return other();
    }
    bool StartArray() {
        depth_++;
        return other();
    }
    bool EndArray(rapidjson::SizeType) {
        depth_--;
        return other();
    }

    bool Key(const char *name, rapidjson::SizeType length, bool) {
        if (inside_) {
            if (depth_ == usage_depth_) {
                slot_ = slot_of(name, length);
            }
        } else if (depth_ == 1) {
            next_is_usage_ = length == 5 && std::memcmp(name, "usage", 5) == 0;
        }
        return true;
    }

  private:
    bool other() {
        slot_ = nullptr;
        next_is_usage_ = false;
        return true;
    }

    bool number(std::int64_t value) {
        if (slot_ != nullptr) {
            *slot_ = value;
        }
        return other();
    }

    std::int64_t *slot_of(const char *name, std::size_t length) {
        if (length == 13 && std::memcmp(name, "prompt_tokens", 13) == 0) {
            return &found_->prompt;
        }
        if (length == 17 && std::memcmp(name, "completion_tokens", 17) == 0) {
            return &found_->completion;
        }
        if (length == 12 && std::memcmp(name, "total_tokens", 12) == 0) {
            return &found_->total;
        }
        return nullptr;
    }

    counts *found_;
    int usage_depth_;
    int depth_ = 0;
    bool next_is_usage_;
    bool inside_ = false;
    bool seen_ = false;
    std::int64_t *slot_ = nullptr;
};

bool read(char *text, size_t length, place place, counts *found) {
    static rapidjson::Reader reader; // keeps its stack
    const char behind = text[length];
    text[length] = '\0';
    rapidjson::InsituStringStream stream(text);
    Finder finder(place, found);
    const bool parsed = !reader.Parse<rapidjson::kParseInsituFlag>(stream, finder).IsError();
    text[length] = behind;
    return parsed && finder.seen();
}

size_t write(const counts *usage, char *buffer, size_t size) {
    static rapidjson::StringBuffer text;
    static rapidjson::Writer<rapidjson::StringBuffer> writer;
    text.Clear();
    writer.Reset(text);
    writer.StartObject();
    writer.Key("prompt_tokens", 13);
    writer.Int64(usage->prompt);
    writer.Key("completion_tokens", 17);
    writer.Int64(usage->completion);
    writer.Key("total_tokens", 12);
    writer.Int64(usage->total);
    writer.EndObject();
    const size_t length = text.GetSize();
    if (length >= size) {
        return 0;
    }
    std::memcpy(buffer, text.GetString(), length + 1);
    return length;
}

const char *version() {
#if defined(RAPIDJSON_SSE42)
    return RAPIDJSON_VERSION_STRING " SSE4.2";
#elif defined(RAPIDJSON_SSE2)
    return RAPIDJSON_VERSION_STRING " SSE2";
#else
    return RAPIDJSON_VERSION_STRING;
#endif
}

} // namespace

const engine engine_rapidjson = {"RapidJSON", version, read, nullptr, write, false};
