// RapidJSON: its in-situ SAX reader, which is faster than its tree, with the wide registers that it offers, and its
// writer, into a buffer that is used again.
#include "bench.h"

#include <cstdint>
#include <cstring>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace {

bool is(const name &name, const char *bytes, rapidjson::SizeType length) {
    return name.bytes != nullptr && name.length == length && std::memcmp(name.bytes, bytes, length) == 0;
}

// Takes the counts of the usage object at the end of the form's way.
class Finder {
  public:
    Finder(const form *form, counts *found) : form_(form), found_(found) {
        while (usage_depth_ <= WAY_MAX && form->way[usage_depth_ - 1].bytes != nullptr) {
            usage_depth_++;
        }
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
        if (next_is_on_way_) {
            way_depth_ = depth_;
            seen_ = seen_ || depth_ == usage_depth_;
        }
        return other();
    }
    bool EndObject(rapidjson::SizeType) {
        if (way_depth_ == depth_) {
            way_depth_--;
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

    bool Key(const char *bytes, rapidjson::SizeType length, bool) {
        if (depth_ != way_depth_) {
            return true;
        }
        if (depth_ == usage_depth_) {
            slot_ = slot_of(bytes, length);
        } else {
            next_is_on_way_ = is(form_->way[depth_ - 1], bytes, length);
        }
        return true;
    }

  private:
    bool other() {
        slot_ = nullptr;
        next_is_on_way_ = false;
        return true;
    }

    bool number(std::int64_t value) {
        if (slot_ != nullptr) {
            *slot_ = value;
        }
        return other();
    }

    std::int64_t *slot_of(const char *bytes, rapidjson::SizeType length) {
        if (is(form_->counts[0], bytes, length)) {
            return &found_->prompt;
        }
        if (is(form_->counts[1], bytes, length)) {
            return &found_->completion;
        }
        return is(form_->counts[2], bytes, length) ? &found_->total : nullptr;
    }

    const form *form_;
    counts *found_;
    int usage_depth_ = 1; // how many objects deep the usage is
    int depth_ = 0;
    int way_depth_ = 0; // how many of the open objects are the way to it
    bool next_is_on_way_ = true;
    bool seen_ = false;
    std::int64_t *slot_ = nullptr;
};

bool read(char *text, size_t length, const form *form, counts *found) {
    static rapidjson::Reader reader; // keeps its stack from text to text
    const char after = text[length];
    text[length] = '\0';
    rapidjson::InsituStringStream stream(text);
    Finder finder(form, found);
    const bool parsed = !reader.Parse<rapidjson::kParseInsituFlag>(stream, finder).IsError();
    text[length] = after;
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

const engine engine_rapidjson = {"RapidJSON", version, read, nullptr, write, false, false};
