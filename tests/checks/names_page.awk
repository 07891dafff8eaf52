# Makes the page of names that users read, include/names.md, from tests/data/names.tsv.
BEGIN { FS = "\t" }

# The path as users write it, with where it is read when that is not everywhere.
function code(path, note) {
    return "`" path "`" (note == "" ? "" : " (" note ")")
}

function join(list, item) {
    return list == "" ? item : list " " item
}

NR == 1 {
    for (i = 1; i <= NF; i++) {
        column[$i] = i
    }
    next
}

{
    path = $column["path"]
    field = $column["field"]
    how = $column["how"]
    where = $column["where"]
}

$1 == "count" {
    if (!(field in seen)) {
        seen[field] = 1
        fields[++field_count] = field
    }
    note = where == "root" ? "root only" : where ~ /root/ ? "root, too" : ""
    item = code(path, note) (how == "starred" ? "\\*" : how == "five_minutes" ? "†" : "")
    if (how == "whole" || how == "included") {
        first[field] = join(first[field], item)
    } else {
        added[field] = join(added[field], item)
    }
}

$1 == "usage" {
    if (path == "-") {
        path = ""
    }
    note = how == "with_a_count" ? "‡" : ""
    item = path == "" ? "the document itself‡" : code(path) note
    paths = join(paths, item)
}

$1 == "label" {
    if (!(field in label)) {
        labels[++label_count] = field
    }
    label[field] = join(label[field], code(path))
}

$1 == "end" {
    split(path, part, "=")
    value = how == "ends_in" ? "…" part[2] : part[2]
    if (part[1] == "/done") {
        done = code(part[1] ": " value)
    } else if (!(value in ends_seen)) {
        ends_seen[value] = 1
        ends = join(ends, code(value))
    }
}

$1 == "may_end" { may_end = join(may_end, code(path)) }
$1 == "error" {
    sub(/=/, ": ", path)
    errors = join(errors, code(path))
}

END {
    print "# The names that tokusage reads"
    print ""
    print "`ACCEPT=1 sh tests/checks/names_page.sh` made this page from `tests/data/names.tsv`; the tests check that it is up to date,"
    print "and that the library reads these names and no others. Names are compared exactly. `a/b` is the member `b` of the object `a`;"
    print "`a[m=v]/b` is the member `b` of those elements of the list `a` whose member `m` is `v` (`AUDIO` and `IMAGE`, too), added up."
    print ""
    print "## The counts of a usage object"
    print ""
    print "If several names of one count are present, the first one in this table that has a value is used; those of `iterations` and"
    print "`toolUsePromptTokensDetails` are added to it. If a separate name and an included name are both present, the separate one is"
    print "used, and added to the whole: cached and written tokens to the prompt, reasoning to the completion."
    print ""
    print "| count | the whole, or included in it | separate: added to the whole |"
    print "| --- | --- | --- |"
    for (i = 1; i <= field_count; i++) {
        print "| `" fields[i] "` | " first[fields[i]] " | " added[fields[i]] " |"
    }
    print ""
    print "\\* In a usage where `prompt_tokens` has a value, or `input_tokens_details` is an object, this name is included, too; the names"
    print "in the column before come first. † Used with `ephemeral_1h_input_tokens` when no name of `cache_write_tokens` has a value. Where `billed_units` has a count,"
    print "`cached_tokens` by itself is not read. \"Root\": these names are also read in the document itself (Ollama, llama.cpp)."
    print ""
    print "## Where the usage is"
    print ""
    print "With the pointer NULL, the first of these paths that is present and not null:"
    print ""
    print paths
    print ""
    print "‡ Only if it has a count. In server-sent events only paths whose last name begins with `usage` are read. In `meta` only `tokens`,"
    print "`billed_units` and `cached_tokens` are."
    print ""
    print "## Labels"
    print ""
    print "| label | the first of these that is a string |"
    print "| --- | --- |"
    for (i = 1; i <= label_count; i++) {
        print "| " labels[i] " | " label[labels[i]] " |"
    }
    print ""
    print "## The end, and errors"
    print ""
    print "- The response is complete: the event `[DONE]`; or a document with a usage and " done ", or whose `type` or `event_type` is one of"
    print "  " ends "."
    print "- It may end here (Gemini): " may_end "."
    print "- The service reports an error: " errors "."
}
