"""tokusage in Python, by ctypes: usage = Usage(); usage.feed(chunk); usage.verdict(True). README.md says more."""
import ctypes.util
import itertools
import os
from ctypes import (CDLL, POINTER, Structure, byref, c_bool, c_char_p, c_int, c_int64, c_size_t, c_uint64, c_void_p,
                    create_string_buffer as buffer)

Count = type("Count", (Structure,), {"_fields_": [("present", c_bool), ("value", c_int64)]})
Error = type("Error", (Structure,), {"_fields_": [("status", c_int), ("member", c_char_p), ("offset", c_size_t),
                                                  ("expected", c_int64), ("actual", c_int64)]})
_lib = CDLL(os.environ.get("TOKUSAGE_LIBRARY") or ctypes.util.find_library("tokusage") or "libtokusage.so")
for _name, _result, *_arguments in [
        ("count_name", c_char_p, c_size_t), ("verdict_text", c_char_p, c_int), ("stream_size", c_size_t),
        ("stream_feed", c_size_t, c_void_p, c_char_p, c_size_t),
        ("stream_verdict", c_int, c_void_p, c_bool, c_void_p, POINTER(Error)),
        ("stream_label", c_size_t, c_void_p, c_int, c_char_p, c_size_t),
        ("error_text", c_size_t, POINTER(Error), c_char_p, c_size_t)]:
    _function = getattr(_lib, "tokusage_" + _name)
    _function.restype, _function.argtypes = _result, _arguments
NAMES = [name.decode() for name in itertools.takewhile(bool, map(_lib.tokusage_count_name, itertools.count()))]
LABELS = ["model", "id", "service_tier"]


class Usage:
    def __init__(self):
        self._stream = (c_uint64 * (_lib.tokusage_stream_size() // 8))()  # all zero bytes are ready

    def feed(self, chunk):
        return _lib.tokusage_stream_feed(self._stream, bytes(chunk), len(chunk))

    def label(self, name="model"):
        length = _lib.tokusage_stream_label(self._stream, LABELS.index(name), text := buffer(256), 256)
        return text.value.decode(errors="replace") if length else None

    def verdict(self, complete=False):
        counts, error, text = (Count * len(NAMES))(), Error(), buffer(256)
        verdict = _lib.tokusage_stream_verdict(self._stream, complete, counts, byref(error))
        _lib.tokusage_error_text(byref(error), text, 256)
        found = {name: count.value for name, count in zip(NAMES, counts) if count.present}
        return _lib.tokusage_verdict_text(verdict).decode(), found, text.value.decode() if error.status else None
